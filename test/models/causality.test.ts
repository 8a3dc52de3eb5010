import { describe, expect, it } from "vitest";
import { KeyValueCache } from "../../src/blocks";
import { encoderDecoder, gpt } from "../../src/models";
import { ones } from "../../src/tensor";

const sizes = { vocabSize: 20, contextLength: 16, dModel: 8, heads: 2, layers: 2 };

describe("a decoder hides the future", () => {
  const model = gpt(sizes, { seed: 1 });
  const first = (ids: number[], pass: Parameters<typeof model.forward>[1]) => [
    ...model.forward([ids], pass).data.subarray(0, 20),
  ];

  it("whatever the form of the mask", () => {
    for (const mask of [undefined, ones([1, 1, 1, 3]), [[1, 1, 1]]])
      expect(first([1, 2, 3], { mask })).toEqual(first([1, 9, 9], { mask }));
  });

  it("unless causal is false", () => {
    expect(first([1, 2, 3], { causal: false })).not.toEqual(first([1, 9, 9], { causal: false }));
  });
});

it("an encoder-decoder takes positions as its source's", () => {
  const model = encoderDecoder(sizes, { seed: 1 });
  const plain = model.forward([[1, 2, 3]], [[4, 5]]);
  expect([...model.forward([[1, 2, 3]], [[4, 5]], { positions: [0, 1, 2] }).data]).toEqual([...plain.data]);
});

it("a cache takes room as it fills, not at once", () => {
  const model = gpt(sizes, { seed: 1 });
  const cache = new KeyValueCache({ capacity: 2 ** 45 });
  const whole = model.forward([[1, 2, 3, 4, 5, 6, 7]]);
  model.forward([[1, 2, 3]], { cache });
  model.forward([[4]], { cache });
  const last = model.forward([[5, 6, 7]], { cache });
  last.data.forEach((x, i) => {
    expect(x).toBeCloseTo(whole.data[4 * 20 + i]!, 5);
  });
});
