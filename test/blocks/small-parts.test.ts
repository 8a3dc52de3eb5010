import {
  HeadTransform,
  initialize,
  KeyValueCache,
  LayerNorm,
  type Module,
  makeNorm,
  Pooler,
  positionsOf,
  RMSNorm,
  type Sequence,
  type Tensor,
  tensor,
  zeros,
} from "transformer-blocks";
import { describe, expect, it } from "vitest";
import { normal } from "../kernels/compare";

const [batch, seq, dModel] = [2, 3, 4] as const;
const x: Tensor<Sequence> = tensor(normal(1, "x", batch * seq * dModel), [batch, seq, dModel]);
const make = <M extends Module>(module: M) => initialize(module, { seed: 2 });

/** W x + b of one position, in float64. */
function dense({ dense: { weight, bias } }: Pooler | HeadTransform, input: Float32Array): number[] {
  return Array.from({ length: dModel }, (_, i) =>
    input.reduce((total, value, j) => total + value * weight.data[i * dModel + j]!, bias?.data[i] ?? 0),
  );
}

const position = (row: number, place: number) => x.data.slice((row * seq + place) * dModel).slice(0, dModel);

function expectNear(found: Tensor, wanted: readonly number[]): void {
  expect(found.size).toBe(wanted.length);
  wanted.forEach((value, i) => {
    expect(found.data[i]).toBeCloseTo(value, 5);
  });
}

describe("the small parts of models follow their formulas", () => {
  it("a pooler takes tanh(W x₀ + b) of each row's first token", () => {
    const pooler = make(new Pooler({ dModel }));
    const pooled = pooler.forward(x);
    expect(pooled.shape).toEqual([batch, dModel]);
    expectNear(
      pooled,
      [0, 1].flatMap((row) => dense(pooler, position(row, 0)).map(Math.tanh)),
    );
  });

  it("a head's transform normalizes f(W x + b) at each position", () => {
    const transform = make(new HeadTransform({ dModel, activation: "relu", epsilon: 0.1 }));
    const wanted = [0, 1].flatMap((row) =>
      [0, 1, 2].flatMap((place) => {
        const active = dense(transform, position(row, place)).map((value) => Math.max(value, 0));
        const mean = active.reduce((a, b) => a + b) / dModel;
        const variance = active.reduce((total, value) => total + (value - mean) ** 2, 0) / dModel;
        return active.map((value) => (value - mean) / Math.sqrt(variance + 0.1));
      }),
    );
    expectNear(transform.forward(x), wanted);
  });

  it("makeNorm makes the normalization of the name, with its config", () => {
    expect(makeNorm("layerNorm", { dModel, epsilon: 0.1 })).toBeInstanceOf(LayerNorm);
    const norm = makeNorm("rmsNorm", { dModel, epsilon: 0.1 });
    expect(norm).toBeInstanceOf(RMSNorm);
    expect(norm.epsilon).toBe(0.1);
    expect(norm.weight?.shape).toEqual([dModel]);
  });

  it("positions follow what a cache holds, unless the pass gives them", () => {
    expect(positionsOf({}, 3)).toEqual([0, 1, 2]);
    expect(positionsOf({ positions: [5, 7, 9] }, 3)).toEqual([5, 7, 9]);
    const cache = new KeyValueCache({ capacity: 8 });
    cache.append(make(new Pooler({ dModel })), zeros([1, 4, 1, 2]), zeros([1, 4, 1, 2]));
    cache.advance(4);
    expect(positionsOf({ cache }, 2)).toEqual([4, 5]);
  });
});
