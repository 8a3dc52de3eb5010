import {
  attention,
  attentionWeights,
  ChunkedWindow,
  initialize,
  MultiHeadAttention,
  multiply,
  QueryTemperature,
  random,
  sum,
  tensor,
  valueAndGradients,
} from "transformer-blocks";
import { checkGradients, maxDifference } from "transformer-blocks/testing";
import { describe, expect, it } from "vitest";
import { normal } from "./inputs";

const numbers = random(3);
const heads = (seq: number, count: number) => tensor(numbers.normal(2 * seq * count * 3), [2, seq, count, 3]);
const [q, k, v] = [heads(4, 2), heads(5, 1), heads(5, 1)];
const sinks = tensor([0.5, -40]);
const padding = [
  [1, 1, 1, 1, 1],
  [0, 0, 0, 0, 0],
];

describe("attention with sinks", () => {
  it.each([{}, { causal: true, window: 2 }, { mask: padding }, { softcap: 0.7, scale: 2 }])(
    "%j gives what the softmax with one more score gives",
    (options) => {
      const plain = attentionWeights(q, k, options);
      const weights = attentionWeights(q, k, { ...options, sinks });
      const found = attention(q, k, v, { ...options, sinks });
      const { value } = valueAndGradients([q], () => sum(multiply(attention(q, k, v, { ...options, sinks }), found)));
      // Recorded and not, and from the weights, it is the same.
      expect(value.data[0]).toBeCloseTo(sum(multiply(found, found)).data[0]!, 4);
      for (let b = 0; b < 2; b++)
        for (let h = 0; h < 2; h++)
          for (let i = 0; i < 4; i++) {
            const row = ((b * 2 + h) * 4 + i) * 5;
            // Scores are logarithms of the plain weights, up to a number that the reference needs as well.
            const seen = [0, 1, 2, 3, 4].filter((j) => plain.data[row + j]! > 0);
            const score = (j: number) => {
              const product = [0, 1, 2].reduce(
                (t, d) => t + q.data[((b * 4 + i) * 2 + h) * 3 + d]! * k.data[(b * 5 + j) * 3 + d]!,
                0,
              );
              const scaled = product * (("scale" in options && options.scale) || 1 / Math.sqrt(3));
              return "softcap" in options && options.softcap
                ? options.softcap * Math.tanh(scaled / options.softcap)
                : scaled;
            };
            const total = seen.reduce((t, j) => t + Math.exp(score(j)), Math.exp(sinks.data[h]!));
            for (const j of seen) expect(weights.data[row + j]).toBeCloseTo(Math.exp(score(j)) / total, 5);
            for (let d = 0; d < 3; d++) {
              const wanted = seen.reduce((t, j) => t + (Math.exp(score(j)) / total) * v.data[(b * 5 + j) * 3 + d]!, 0);
              expect(found.data[((b * 4 + i) * 2 + h) * 3 + d]).toBeCloseTo(wanted, 5);
            }
          }
    },
  );

  it("has exact gradients, those of the sinks included", () => {
    const small = tensor([0.5, -1]);
    const found = checkGradients((a, b, c, s) => attention(a, b, c, { causal: true, sinks: s }), [q, k, v, small]);
    expect(found.maxRelativeError).toBeLessThan(1e-4);
  });

  it("is an option of an attention layer", () => {
    const layer = initialize(new MultiHeadAttention({ dModel: 8, heads: 2, sinks: true }), { seed: 1 });
    const x = normal(random(1), 1, 3);
    layer.sinks!.assign(Float32Array.of(-100, -100));
    const plain = initialize(new MultiHeadAttention({ dModel: 8, heads: 2 }), { seed: 1 });
    expect(maxDifference(layer.forward(x), plain.forward(x))).toBeLessThan(1e-6);
    layer.sinks!.assign(Float32Array.of(100, 100));
    expect(layer.forward(x).data.every((value) => Math.abs(value) < 1e-6)).toBe(true); // the output's bias is 0
    expect(() => attention(q, k, v, { sinks: tensor([1]) })).toThrow(/sinks \[1\] is not \[heads\], \[2\]/);
  });
});

describe("layers of heads that depend on the position", () => {
  it("a query's temperature grows with the logarithm of its position", () => {
    const x = heads(4, 1);
    for (const first of [0, 1] as const) {
      const positions = [
        [0, 5, 6, 13],
        [1, 2, 40, 41],
      ];
      const y = new QueryTemperature({ scale: 0.3, length: 7, first }).forward(x, { positions });
      y.data.forEach((value, i) => {
        const position = positions.flat()[Math.floor(i / 3)]!;
        expect(value).toBeCloseTo(x.data[i]! * (1 + 0.3 * Math.log(1 + Math.floor((position + first) / 7))), 5);
      });
    }
  });

  it("a chunked window hides the keys of other chunks, counted from the first token that is kept", () => {
    const window = new ChunkedWindow({ size: 2 });
    const hidden = window.forward({
      queries: 2,
      keys: 5,
      pass: {
        mask: [
          [1, 1, 1, 1, 1],
          [0, 1, 1, 1, 1],
        ],
      },
    });
    expect(hidden.toArray()).toEqual([
      [
        [
          [-Infinity, -Infinity, 0, 0, -Infinity],
          [-Infinity, -Infinity, -Infinity, -Infinity, 0],
        ],
      ],
      [
        [
          [-Infinity, -Infinity, -Infinity, 0, 0],
          [-Infinity, -Infinity, -Infinity, 0, 0],
        ],
      ],
    ]);
  });
});
