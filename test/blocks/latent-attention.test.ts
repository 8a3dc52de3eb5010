import * as fc from "fast-check";
import {
  initialize,
  KeyValueCache,
  LatentAttention,
  type LatentAttentionConfig,
  Linear,
  Module,
  PositionalEncoding,
  quantize,
  type Sequence,
  slice,
  type Tap,
  type Tensor,
  tensor,
} from "transformer-blocks";
import { checkGradients, maxDifference } from "transformer-blocks/testing";
import { describe, expect, it, vi } from "vitest";
import { expectWithin, normal } from "../kernels/compare";

type Vector = readonly number[];
const rowsOf = (x: { data: Float32Array }, width: number): Vector[] =>
  Array.from({ length: x.data.length / width }, (_, i) => [...x.data.subarray(i * width, (i + 1) * width)]);
const dot = (a: Vector, b: Vector) => a.reduce((total, value, i) => total + value * b[i]!, 0);

/** The paper's formulas in float64, head by head, for one text with a causal mask: [seq · dModel]. */
function paper(layer: LatentAttention, x: Tensor<Sequence>): number[] {
  const apply = ({ weight, bias }: LatentAttention["output"], input: Vector) =>
    rowsOf(weight, weight.shape[1]!).map((row, i) => dot(row, input) + (bias?.data[i] ?? 0));
  const normed = (input: Vector, { weight, epsilon }: LatentAttention["latentNorm"]) =>
    input.map((value, i) => (value / Math.sqrt(dot(input, input) / input.length + epsilon)) * weight!.data[i]!);
  const turned = (input: Vector, position: number) =>
    input.map((value, i) => {
      const angle = position * 100 ** (-2 * ((i >> 1) / input.length));
      const other = input[i ^ 1]!;
      return value * Math.cos(angle) + (i % 2 === 0 ? -other : other) * Math.sin(angle);
    });
  const { heads, headDim, rotaryDim, valueDim } = layer;
  const head = (all: Vector, h: number, size: number) => all.slice(h * size, (h + 1) * size);
  const tokens = rowsOf(x, x.shape[2]).map((input, position) => {
    const compressed = layer.queryLatent ? normed(apply(layer.queryLatent, input), layer.queryNorm!) : input;
    const latent = normed(apply(layer.latent, input), layer.latentNorm);
    const [queries, keys, values] = [
      apply(layer.query, compressed),
      apply(layer.key, latent),
      apply(layer.value, latent),
    ];
    const rotated = turned(apply(layer.rotaryKey, input), position);
    return Array.from({ length: heads }, (_, h) => {
      const query = head(queries, h, headDim + rotaryDim);
      return {
        query: [...query.slice(0, headDim), ...turned(query.slice(headDim), position)],
        key: [...head(keys, h, headDim), ...rotated],
        value: head(values, h, valueDim),
      };
    });
  });
  return tokens.flatMap((own, i) => {
    const joined = own.flatMap(({ query }, h) => {
      const scores = tokens.slice(0, i + 1).map((other) => Math.exp(dot(query, other[h]!.key) * layer.scale));
      const total = scores.reduce((sum, score) => sum + score, 0);
      return Array.from({ length: valueDim }, (_, d) =>
        scores.reduce((sum, score, j) => sum + (score / total) * tokens[j]![h]!.value[d]!, 0),
      );
    });
    return apply(layer.output, joined);
  });
}

/** Everything but the initial values that a config may say; each parameter gets numbers of its own. */
function make(config: Omit<LatentAttentionConfig, "dModel">): LatentAttention {
  const position = new PositionalEncoding({ kind: "rotary", headDim: config.rotaryDim, base: 100, interleaved: true });
  const layer = initialize(new LatentAttention({ dModel, position, ...config }), { seed: 1 });
  for (const [path, parameter] of layer.parameters())
    if (parameter.rank === 1) parameter.assign(normal(2, path, parameter.size).map((value) => 1 + value / 4));
  return layer;
}
const dModel = 6;
const text = (seq: number, batch = 1): Tensor<Sequence> =>
  tensor(normal(3, "x", batch * seq * dModel), [batch, seq, dModel]);

const configs = fc.record(
  {
    heads: fc.integer({ min: 1, max: 3 }),
    keyValueRank: fc.integer({ min: 1, max: 7 }),
    queryRank: fc.integer({ min: 1, max: 5 }),
    headDim: fc.integer({ min: 1, max: 5 }),
    rotaryDim: fc.constantFrom(2, 4),
    valueDim: fc.integer({ min: 1, max: 5 }),
    bias: fc.boolean(),
    scale: fc.constantFrom(0.3, 1),
    epsilon: fc.constantFrom(1e-6, 0.1),
  },
  { requiredKeys: ["heads", "keyValueRank", "headDim", "rotaryDim"] },
);

describe("latent attention", () => {
  it("is the paper's, with and without compressed queries", () => {
    fc.assert(
      fc.property(configs, (config) => {
        const layer = make(config);
        const x = text(4);
        expectWithin(layer.forward(x, { mask: "causal" }).data, paper(layer, x), 1e-5);
      }),
      { numRuns: 60 },
    );
  });

  it("gives the same from what is kept compressed as from keys and values, whatever is less work", () => {
    fc.assert(
      fc.property(
        configs,
        fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 4 }),
        (config, parts) => {
          const layer = make(config);
          const seq = parts.reduce((total, part) => total + part, 0);
          const x = text(seq, 2);
          const whole = layer.forward(x, { mask: "causal" });
          const cache = new KeyValueCache({ capacity: seq });
          let start = 0;
          for (const part of parts) {
            const end = start + part;
            const found = layer.forward(slice(x, { axis: 1, start, end }) as Tensor<Sequence>, { causal: true, cache });
            cache.advance(part);
            expect(maxDifference(found, slice(whole, { axis: 1, start, end }))).toBeLessThan(1e-5);
            start = end;
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  /** How often keys are computed for the last of 20 tokens, and the output for it. */
  function lastOf(layer: LatentAttention, tap?: Tap): { keys: number; output: Tensor } {
    const cache = new KeyValueCache({ capacity: 20 });
    const x = text(20);
    layer.forward(slice(x, { axis: 1, end: 19 }) as Tensor<Sequence>, { causal: true, cache });
    cache.advance(19);
    const calls = vi.spyOn(Linear.prototype, "forward");
    const output = layer.forward(slice(x, { axis: 1, start: 19 }) as Tensor<Sequence>, { causal: true, cache, tap });
    const keys = calls.mock.contexts.filter((module) => module === layer.key).length;
    calls.mockRestore();
    return { keys, output };
  }

  it("computes a token after a long text without keys and values, unless they are asked for or their layers replaced", () => {
    const sizes = { heads: 3, keyValueRank: 32, headDim: 30, rotaryDim: 2 };
    const wanted = slice(make(sizes).forward(text(20), { mask: "causal" }), { axis: 1, start: 19 });
    const seen: Tensor[] = [];
    const tap: Tap = {
      sees: (_, site) => site === "key" || site === "weights",
      take: (_module, _site, value) => {
        seen.push(value);
        return value;
      },
    };
    class Other extends Linear {}
    const replaced = make(sizes);
    Object.assign(replaced, {
      value: Object.assign(new Other({ inFeatures: 32, outFeatures: 90, bias: false }), {
        weight: replaced.value.weight,
      }),
    });
    replaced.value.forward = Other.prototype.forward.bind(replaced.value) as typeof replaced.value.forward;
    const cases: [LatentAttention, number, Tap?][] = [
      [make(sizes), 0],
      [make(sizes), 1, tap],
      [replaced, 1],
    ];
    for (const [layer, keys, tap] of cases) {
      const found = lastOf(layer, tap);
      expect(found.keys).toBe(keys);
      expect(maxDifference(found.output, wanted)).toBeLessThan(1e-5);
    }
    expect(seen.map(({ shape }) => shape)).toContainEqual([1, 20, 3, 32]);
    expect(seen.map(({ shape }) => shape)).toContainEqual([1, 3, 1, 20]);
    const small = quantize(make(sizes), "q8");
    expect(lastOf(small).keys).toBe(1);
    const whole = slice(small.forward(text(20), { mask: "causal" }), { axis: 1, start: 19 });
    expect(maxDifference(lastOf(small).output, whole)).toBeLessThan(1e-5);
  });

  it("keeps (d_c + d_h^R) numbers of each token, as section 2.1.4 of the paper counts them", () => {
    const [keyValueRank, rotaryDim] = [24, 8];
    const layer = make({ heads: 4, keyValueRank, headDim: 16, rotaryDim, queryRank: 12 });
    const cache = new KeyValueCache({ capacity: 64 });
    layer.forward(text(5, 2), { causal: true, cache });
    cache.advance(5);
    const numbers = cache.held.flatMap((kept) => Object.values(kept)).reduce((total, { size }) => total + size, 0);
    expect(numbers).toBe(2 * 5 * (keyValueRank + rotaryDim));
  });

  it.each([
    ["with compressed queries", { queryRank: 3 }],
    ["without", { bias: true, valueDim: 4 }],
  ])("has exact gradients %s", (_, more) => {
    const layer = make({ heads: 2, keyValueRank: 3, headDim: 2, rotaryDim: 2, ...more });
    const x = text(3);
    expect(checkGradients(() => layer.forward(x, { mask: "causal" }), layer).maxRelativeError).toBeLessThan(1e-4);
  });

  it("looks at the keys of its selection only", () => {
    class Own extends Module {
      override get caching() {
        return "perPosition" as const;
      }
      /** The last key and every second one. */
      forward(x: Tensor<Sequence>): Tensor {
        const seq = x.shape[1];
        const sees = (i: number, j: number) => Number(j <= i && (j === i || j % 2 === 0));
        const rows = Array.from({ length: seq }, (_, i) => Array.from({ length: seq }, (_, j) => sees(i, j)));
        return tensor([[rows]]);
      }
    }
    const config = { heads: 2, keyValueRank: 3, headDim: 2, rotaryDim: 2, queryRank: 3 };
    const [selecting, plain] = [make({ ...config, selection: new Own() }), make(config)];
    const x = text(4);
    const mask = new Own().forward(x);
    expect(selecting.forward(x, { causal: true }).toArray()).toEqual(plain.forward(x, { mask }).toArray());
    expect(() => new LatentAttention({ ...config, dModel, queryRank: undefined, selection: new Own() })).toThrow(
      /selection needs queryRank/,
    );
  });
});
