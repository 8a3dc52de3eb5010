import fc from "fast-check";
import type { Spread } from "../../src/kernels";
import { normal } from "./compare";

/** Along which of [batch, heads, queries, keys] something repeats; undefined where there is no such thing. */
export const repeats = fc.option(fc.tuple(fc.boolean(), fc.boolean(), fc.boolean(), fc.boolean()), { nil: undefined });

type Repeated = readonly boolean[] | undefined;

/** A mask that keeps most keys and a bias of normal numbers, for scores [batch, heads, queries, keys]. */
export function spreads(
  seed: number,
  scores: readonly number[],
  { masked, biased }: { masked: Repeated; biased: Repeated },
): { mask: Spread<Float32Array> | undefined; bias: Spread<Float32Array> | undefined } {
  return {
    mask: masked && spread(seed, "mask", scores, masked, (x) => (x > -0.3 ? 1 : 0)),
    bias: biased && spread(seed, "bias", scores, biased, (x) => x),
  };
}

function spread(
  seed: number,
  name: string,
  scores: readonly number[],
  repeated: readonly boolean[],
  value: (x: number) => number,
): Spread<Float32Array> {
  const product = (sizes: number[]) => sizes.reduce((total, length) => total * length, 1);
  const shape = scores.map((length, axis) => (repeated[axis] ? 1 : length));
  const steps = shape.map((length, axis) => (length === 1 ? 0 : product(shape.slice(axis + 1))));
  const values = normal(seed, name, product(shape)).map(value);
  return { values, shape, steps: steps as [number, number, number, number] };
}
