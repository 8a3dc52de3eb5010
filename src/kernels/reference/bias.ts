import type { Buffer, Primitive } from "../kernels";

/** 0 where a bias of −Infinity hides a key, 1 elsewhere. */
export const shown: Primitive<[bias: Buffer], Buffer> = {
  name: "shown",
  reference: (bias: Float32Array) => bias.map((x) => (x === -Infinity ? 0 : 1)),
};

/** The greatest number of each row of `columns`; 0 if it is farther from 0 than the limit, or NaN. */
export const crests: Primitive<[x: Buffer, columns: number, limit: number], Buffer> = {
  name: "crests",
  reference: (x: Float32Array, columns, limit) =>
    new Float32Array(x.length / columns).map((_, row) => {
      const crest = x.subarray(row * columns, (row + 1) * columns).reduce((a, b) => Math.max(a, b), -Infinity);
      return Math.abs(crest) <= limit ? crest : 0;
    }),
};
