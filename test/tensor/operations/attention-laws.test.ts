import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  attend,
  attention,
  attentionWeights,
  concatenate,
  type HeadShape,
  multiply,
  permute,
  reshape,
  rotary,
  rotaryFrequencies,
  slice,
  sum,
  type Tensor,
  tensor,
  zeros,
} from "../../../src/tensor";
import {
  type AttentionInputs,
  attentionInputs,
  close,
  maxDifference,
  rowsSumToOne,
  tensors,
} from "../../../src/testing";

type Heads = Tensor<HeadShape>;
const TOLERANCE = 1e-5;

const holds = <T>(arbitrary: fc.Arbitrary<T>, law: (drawn: T) => boolean) => {
  fc.assert(fc.property(arbitrary, law), { numRuns: 100 });
};

/** Positions along the second axis, in another order. */
function reordered(x: Heads, order: readonly number[]): Heads {
  const picked = order.map((i) => slice(x, { axis: 1, start: i, end: i + 1 }));
  return reshape(concatenate(picked, { axis: 1 }), x.shape);
}

/** Inputs with a mask of 1 and 0 for each batch, head, query and key, and whether the future is hidden as well. */
const masked = attentionInputs().chain((inputs) => {
  const { q, k } = inputs;
  const shape = [q.shape[0], q.shape[2], q.shape[1], k.shape[1]] as const;
  const mask = tensors(shape, { values: fc.constantFrom(0, 1) });
  return fc.record({ inputs: fc.constant(inputs), mask, causal: fc.boolean() });
});

describe("attention weights", () => {
  it("sum to one in every row", () => {
    holds(attentionInputs(), ({ q, k }) => rowsSumToOne(attentionWeights(q, k)));
    holds(attentionInputs({ selfAttention: true }), ({ q, k }) =>
      rowsSumToOne(attentionWeights(q, k, { mask: "causal" })),
    );
  });

  it("sum to one where a key is seen and to zero where none is, and are zero where hidden", () => {
    holds(masked, ({ inputs: { q, k }, mask }) => {
      const weights = attentionWeights(q, k, { mask });
      const keys = k.shape[1];
      const rows = sum(weights, { axis: -1 }).data;
      return (
        weights.data.every((weight, i) => weight >= 0 && (mask.data[i] === 1 || weight === 0)) &&
        rows.every((total, row) => {
          const sees = mask.data.subarray(row * keys, (row + 1) * keys).some((value) => value === 1);
          return Math.abs(total - (sees ? 1 : 0)) < TOLERANCE;
        })
      );
    });
  });
});

describe("fused attention", () => {
  const agrees = ({ q, k, v }: AttentionInputs, options: Parameters<typeof attention>[3]) =>
    close(attention(q, k, v, options), attend(attentionWeights(q, k, options), v), TOLERANCE);

  it("equals its explicit form", () => {
    holds(attentionInputs(), (inputs) => agrees(inputs, {}));
  });

  it("equals its explicit form with masks, causal or not", () => {
    holds(masked, ({ inputs, mask, causal }) => agrees(inputs, { mask, causal }));
  });

  it("equals its explicit form with a padding mask and a scale", () => {
    const padded = attentionInputs().chain((inputs) =>
      fc.tuple(
        fc.constant(inputs),
        fc.array(fc.array(fc.constantFrom(0, 1), { minLength: inputs.k.shape[1], maxLength: inputs.k.shape[1] }), {
          minLength: inputs.k.shape[0],
          maxLength: inputs.k.shape[0],
        }),
      ),
    );
    holds(padded, ([inputs, mask]) => agrees(inputs, { mask, scale: 0.4 }));
  });

  it("equals its explicit form on a cache with room for more", () => {
    holds(fc.tuple(attentionInputs(), fc.nat({ max: 5 })), ([inputs, keys]) =>
      agrees(inputs, { keys: Math.min(keys, inputs.k.shape[1]), causal: true }),
    );
  });

  it("equals its explicit form beside biases of every magnitude, whatever is hidden", () => {
    const biases = fc.constantFrom(0, -1e4, 1e9, -1e9, -3.4e38, -3.4028234663852886e38, Number.NEGATIVE_INFINITY);
    holds(fc.tuple(masked, biases, fc.boolean()), ([{ inputs, mask, causal }, size, everywhere]) => {
      const bias = mask.data.map((_, i) => (everywhere || i % 3 === 0 ? size : 0));
      return agrees(inputs, { mask, causal, bias: tensor(bias, mask.shape) });
    });
  });

  it("does not notice the order of keys with their values", () => {
    const shuffled = attentionInputs().chain((inputs) => {
      const places = [...new Array(inputs.k.shape[1]).keys()];
      return fc.tuple(fc.constant(inputs), fc.shuffledSubarray(places, { minLength: places.length }));
    });
    holds(shuffled, ([{ q, k, v }, order]) =>
      close(attention(q, reordered(k, order), reordered(v, order)), attention(q, k, v), TOLERANCE),
    );
  });

  it("follows the order of queries", () => {
    holds(attentionInputs(), ({ q, k, v }) => {
      const order = [...new Array(q.shape[1]).keys()].toReversed();
      return close(attention(reordered(q, order), k, v), reordered(attention(q, k, v), order), 0);
    });
  });

  it("does not depend on the future if causal", () => {
    const pairs = attentionInputs({ selfAttention: true }).chain((inputs) =>
      fc.record({
        inputs: fc.constant(inputs),
        otherK: tensors(inputs.k.shape),
        otherV: tensors(inputs.v.shape),
        now: fc.nat({ max: inputs.q.shape[1] - 1 }),
      }),
    );
    holds(pairs, ({ inputs: { q, k, v }, otherK, otherV, now }) => {
      const past = (x: Heads) => slice(x, { axis: 1, end: now + 1 });
      const changed = (x: Heads, other: Heads): Heads =>
        reshape(concatenate([past(x), slice(other, { axis: 1, start: now + 1 })], { axis: 1 }), x.shape);
      const before = attention(q, k, v, { mask: "causal" });
      const after = attention(q, changed(k, otherK), changed(v, otherV), { mask: "causal" });
      return close(past(before), past(after), 0);
    });
  });

  it("gives the last queries what it gives them among all: the last query sees every key", () => {
    const cut = attentionInputs({ selfAttention: true }).chain((inputs) =>
      fc.tuple(fc.constant(inputs), fc.nat({ max: inputs.q.shape[1] - 1 })),
    );
    holds(cut, ([{ q, k, v }, from]) => {
      const [batch, seq, heads, dim] = q.shape;
      const last = reshape(slice(q, { axis: 1, start: from }), [batch, seq - from, heads, dim]);
      const all = attention(q, k, v, { causal: true });
      return close(attention(last, k, v, { causal: true }), slice(all, { axis: 1, start: from }), 1e-6);
    });
  });

  it("averages values that are all the same to that value", () => {
    holds(attentionInputs(), ({ q, k, v }) => {
      const same = multiply(v, 0);
      return maxDifference(attention(q, k, reshape(same, v.shape)), zeros(q.shape)) === 0;
    });
  });

  it("gives zeros to a query that sees no key", () => {
    holds(attentionInputs(), ({ q, k, v }) => close(attention(q, k, v, { mask: zeros([1]) }), zeros(q.shape), 0));
  });

  it("shares a key head among the query heads in a row", () => {
    const q = tensor([1, 1, 1, 1], [1, 1, 4, 1]);
    const [k, v] = [tensor([0, 0], [1, 1, 2, 1]), tensor([5, 9], [1, 1, 2, 1])];
    expect([...attention(q, k, v).data]).toEqual([5, 5, 9, 9]);
  });
});

describe("rotary embedding", () => {
  it("has the frequencies of RoFormer, 10000^(−2i/d)", () => {
    const wanted = [1, 0.1, 0.01, 0.001];
    rotaryFrequencies(8, 10_000).forEach((frequency, i) => {
      expect(frequency).toBeCloseTo(wanted[i]!, 8);
    });
    const x = tensor([1, 0, 0, 0], [1, 1, 1, 4]);
    const [cosine, , sine] = rotary(x, { positions: [2] }).data;
    expect([cosine, sine]).toEqual([Math.fround(Math.cos(2)), Math.fround(Math.sin(2))]);
    const second = rotary(tensor([0, 1, 0, 0], [1, 1, 1, 4]), { positions: [2] }).data;
    expect(second[3]).toBeCloseTo(Math.sin(2 / 100), 8);
  });

  const heads = fc
    .tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 3 }))
    .chain(([seq, half]) => tensors([2, seq, 2, 2 * half]));
  const norms = (x: Tensor) => sum(multiply(x, x), { axis: -1 });

  it.each([false, true])("preserves the length of every head, neighbours: %s", (interleaved) => {
    holds(heads, (x) => close(norms(rotary(x, { interleaved })), norms(x), 1e-4));
  });

  it.each([false, true])("makes dot products depend on distance alone, neighbours: %s", (interleaved) => {
    const pair = fc.tuple(tensors([1, 1, 1, 6]), tensors([1, 1, 1, 6]), fc.nat(50), fc.nat(50), fc.nat(50));
    holds(pair, ([a, b, first, second, shift]) => {
      const at = (x: Heads, position: number) => rotary(x, { positions: [position], interleaved });
      const score = (i: number, j: number) => sum(multiply(at(a, i), at(b, j))).item();
      return Math.abs(score(first, second) - score(first + shift, second + shift)) < 2e-3;
    });
  });

  it("leaves position 0 as it is, and the dimensions without a frequency", () => {
    holds(tensors([1, 1, 2, 4]), (x) => close(rotary(x), x, 0));
    holds(tensors([1, 3, 2, 4]), (x) => {
      const turned = rotary(x, { frequencies: Float32Array.of(1) });
      return close(slice(turned, { axis: -1, start: 2 }), slice(x, { axis: -1, start: 2 }), 0);
    });
  });

  it("takes positions of each row", () => {
    holds(tensors([2, 3, 1, 4]), (x) => {
      const rows = [0, 1].map((b) => reshape(slice(x, { axis: 0, start: b, end: b + 1 }), [1, 3, 1, 4]));
      const each = rows.map((row, b) => rotary(row, { positions: [b, 5 + b, 2] }));
      return close(
        rotary(x, {
          positions: [
            [0, 5, 2],
            [1, 6, 2],
          ],
        }),
        concatenate(each, { axis: 0 }),
        0,
      );
    });
  });

  it("is the same for neighbours as for halves, but for the order of dimensions", () => {
    holds(tensors([1, 3, 2, 6]), (x) => {
      const apart = (heads: Tensor) => reshape(permute(reshape(heads, [1, 3, 2, 3, 2]), [0, 1, 2, 4, 3]), [1, 3, 2, 6]);
      return close(apart(rotary(x, { interleaved: true })), rotary(apart(x)), 0);
    });
  });
});
