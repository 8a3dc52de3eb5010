import { embedding, type Ids, type Parameter, Tensor } from "../tensor";
import type { PositionalEncodingConfig } from "./position-config";

type Sinusoidal = Extract<PositionalEncodingConfig, { kind: "sinusoidal" }>;

/** [batch, seq, dModel] */
export function sinusoids(rows: Ids, config: Sinusoidal): Tensor {
  const { dModel, layout, offset = 0 } = config;
  const seq = rows[0]?.length ?? 0;
  const values = new Float32Array(rows.length * seq * dModel);
  const { angle, pairs } = anglesOf(config);
  rows.flat().forEach((position, row) => {
    if (position < 0) return;
    for (let pair = 0; pair < pairs; pair++) {
      const [sine, cosine] = layout === "halves" ? [pair, pairs + pair] : [2 * pair, 2 * pair + 1];
      const turned = angle(position + offset, pair);
      values[row * dModel + sine] = Math.sin(turned);
      if (cosine < dModel) values[row * dModel + cosine] = Math.cos(turned);
    }
  });
  return new Tensor([rows.length, seq, dModel], values);
}

/** The angle of each pair, and the number of pairs. */
function anglesOf({ dModel, inclusive = false }: Sinusoidal) {
  const pairs = inclusive ? Math.floor(dModel / 2) : Math.ceil(dModel / 2);
  if (!inclusive)
    return { angle: (position: number, pair: number) => position / 10_000 ** ((2 * pair) / dModel), pairs };
  // The reference computes these in float32.
  const { fround } = Math;
  const step = fround(-Math.log(10_000) / (pairs - 1));
  const frequencies = Float32Array.from({ length: pairs }, (_, pair) => Math.exp(pair === 0 ? 0 : fround(pair * step)));
  return { angle: (position: number, pair: number) => fround(position * frequencies[pair]!), pairs };
}

type Learned = Extract<PositionalEncodingConfig, { kind: "learned" }>;

/** [batch, seq, dModel] */
export function learned(rows: Ids, weight: Parameter, { contextLength, offset = 0 }: Learned): Tensor {
  const beyond = rows.flat().find((position) => position >= contextLength);
  if (beyond !== undefined)
    throw new RangeError(`PositionalEncoding: position ${beyond} is beyond the contextLength ${contextLength}`);
  return embedding(offset === 0 ? rows : rows.map((row) => row.map((position) => offset + position)), weight);
}
