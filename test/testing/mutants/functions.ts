/** Bugs in rotary positions, ALiBi and normalization. */
import { type HeadShape, type Tensor, tensor } from "transformer-blocks";
import type { AlibiInput, alibiLaws, layerNormLaws, rotaryLaws } from "transformer-blocks/testing";
import type { Mutant } from "./mutant";

const range = (count: number) => [...new Array(count).keys()];

interface Rotation {
  /** The places of a pair. */
  pair(i: number, dim: number): [number, number];
  angle(position: number, place: number, dim: number): number;
  sign: number;
}
type Rotary = (x: Tensor<HeadShape>, options: { positions: readonly number[] }) => Tensor;

/** Rotary positions of halves, as a loop over pairs. */
export function rotaryOf(changed: Partial<Rotation> = {}): Rotary {
  const { pair, angle, sign }: Rotation = {
    pair: (i, dim) => [i, i + dim / 2],
    angle: (position, place, dim) => position / 10_000 ** ((2 * (place % (dim / 2))) / dim),
    sign: 1,
    ...changed,
  };
  return (x, { positions }) => {
    const dim = x.shape[3];
    const y = Float32Array.from(x.data);
    for (const row of range(x.size / dim)) {
      const position = positions[Math.floor(row / x.shape[2]) % x.shape[1]]!;
      for (const i of range(dim / 2)) {
        const [a, b] = pair(i, dim);
        const [u, v] = [x.data[row * dim + a]!, x.data[row * dim + b]!];
        y[row * dim + a] = u * Math.cos(angle(position, a, dim)) - v * Math.sin(angle(position, a, dim));
        y[row * dim + b] = v * Math.cos(angle(position, b, dim)) + sign * u * Math.sin(angle(position, b, dim));
      }
    }
    return tensor(y, x.shape);
  };
}

export const rotaryMutants: Mutant<Rotary, keyof typeof rotaryLaws>[] = [
  { bug: "a wrong sign in the second half", law: "relativity", implementation: rotaryOf({ sign: -1 }) },
  {
    bug: "neighbours are paired, with the angles of halves",
    law: "relativity",
    implementation: rotaryOf({ pair: (i) => [2 * i, 2 * i + 1] }),
  },
  {
    bug: "angles grow with the logarithm of the position",
    law: "relativity",
    implementation: rotaryOf({
      angle: (position, place, dim) => Math.log1p(position) / 100 ** ((place % (dim / 2)) / dim),
    }),
  },
  {
    bug: "positions begin at 1",
    law: "composition",
    implementation: (x, { positions }) => rotaryOf()(x, { positions: positions.map((m) => m + 1) }),
  },
  {
    bug: "the length of vectors changes",
    law: "composition",
    implementation: (x, options) =>
      tensor(
        rotaryOf()(x, options).data.map((value) => value * 1.1),
        x.shape,
      ),
  },
];

type Alibi = (sizes: AlibiInput) => Tensor;

export const alibiOf =
  (
    bias = (slope: number, distance: number) => -slope * distance,
    slope = (h: number, heads: number) => 2 ** ((-8 * h) / heads),
  ): Alibi =>
  ({ heads, queries, keys }) =>
    tensor(
      range(heads).map((h) =>
        range(queries).map((i) => range(keys).map((j) => bias(slope(h + 1, heads), i + keys - queries - j))),
      ),
    );

export const alibiMutants: Mutant<Alibi, keyof typeof alibiLaws>[] = [
  { bug: "slopes of the wrong sign", law: "monotony", implementation: alibiOf((slope, distance) => slope * distance) },
  {
    bug: "the bias wraps around",
    law: "monotony",
    implementation: alibiOf((slope, distance) => -slope * (distance % 3)),
  },
  {
    bug: "the first head counts as 0",
    law: "slopes",
    implementation: alibiOf(undefined, (h, heads) => 2 ** ((-8 * (h - 1)) / heads)),
  },
  { bug: "every head has the same slope", law: "slopes", implementation: alibiOf(undefined, () => 0.5) },
  {
    bug: "the first query is aligned with the first key",
    law: "slopes",
    implementation: (sizes) => {
      const { heads, queries, keys } = sizes;
      return tensor(alibiOf()({ heads, queries: keys, keys }).data.slice(0, heads * queries * keys), [
        heads,
        queries,
        keys,
      ]);
    },
  },
];

interface Statistics {
  center(row: readonly number[]): number;
  spread(row: readonly number[], center: number): number;
}
type Norm = (x: Tensor) => Tensor;

const average = (row: readonly number[]) => row.reduce((a, b) => a + b, 0) / row.length;
const squares = (row: readonly number[], center: number) => row.map((x) => (x - center) ** 2);

const rowsOf = (x: Tensor) => range(x.shape[0]!).map((r) => [...x.data.slice(r * x.shape[1]!, (r + 1) * x.shape[1]!)]);
const transposed = (rows: readonly number[][]) => rows[0]!.map((_, j) => rows.map((row) => row[j]!));

export function layerNormOf(changed: Partial<Statistics> = {}): Norm {
  const { center, spread }: Statistics = {
    center: average,
    spread: (row, mean) => Math.sqrt(average(squares(row, mean)) + 1e-5),
    ...changed,
  };
  return (x) => tensor(rowsOf(x).map((row) => row.map((value) => (value - center(row)) / spread(row, center(row)))));
}

export const layerNormMutants: Mutant<Norm, keyof typeof layerNormLaws>[] = [
  {
    bug: "over the wrong axis",
    law: "scale",
    implementation: (x) => tensor(transposed(rowsOf(layerNormOf()(tensor(transposed(rowsOf(x))))))),
  },
  {
    bug: "over the whole tensor",
    law: "scale",
    implementation: (x) => tensor(layerNormOf()(tensor([...x.data], [1, x.size])).data, x.shape),
  },
  {
    bug: "no root of the variance",
    law: "scale",
    implementation: layerNormOf({ spread: (row, mean) => average(squares(row, mean)) + 1e-5 }),
  },
  {
    bug: "ε of 0.1",
    law: "scale",
    implementation: layerNormOf({ spread: (row, mean) => Math.sqrt(average(squares(row, mean)) + 0.1) }),
  },
  {
    bug: "the variance is taken without the mean",
    law: "shift",
    implementation: layerNormOf({ spread: (row) => Math.sqrt(average(squares(row, 0))) }),
  },
  { bug: "the mean is not subtracted", law: "shift", implementation: layerNormOf({ center: () => 0 }) },
  {
    bug: "the mean is subtracted after the division",
    law: "idempotence",
    implementation: (x) =>
      tensor(rowsOf(x).map((row) => row.map((value) => value / Math.sqrt(average(squares(row, 0))) - average(row)))),
  },
  {
    bug: "n − 1 in the variance",
    law: "meanSquare",
    implementation: layerNormOf({
      spread: (row, mean) => Math.sqrt((average(squares(row, mean)) * row.length) / (row.length - 1)),
    }),
  },
  {
    bug: "the mean distance instead of the deviation",
    law: "meanSquare",
    implementation: layerNormOf({ spread: (row, mean) => average(row.map((x) => Math.abs(x - mean))) }),
  },
];
