import * as fc from "fast-check";
import { type Random, type Sequence, type Tensor, tensor } from "transformer-blocks";

export const dModel = 8;
export const runs = { numRuns: 30 };
export const sizes = fc.record({
  seed: fc.nat(1000),
  batch: fc.integer({ min: 1, max: 2 }),
  seq: fc.integer({ min: 1, max: 5 }),
  keyValueHeads: fc.constantFrom(1, 2, 4),
});

/** N(0, 1), [batch, seq, dModel]. */
export const normal = (source: Random, batch: number, seq: number): Tensor<Sequence> =>
  tensor(source.normal(batch * seq * dModel), [batch, seq, dModel]);
