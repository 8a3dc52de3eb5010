// Over 200 lines: the laws of attention are one table.
import { arrayOf, expectBoolean, numberIn, oneOf, wholeIn } from "../../checks";
import {
  add,
  concatenate,
  divide,
  type HeadShape,
  max,
  maximum,
  min,
  minimum,
  multiply,
  ones,
  sigmoid,
  subtract,
  sum,
  type Tensor,
} from "../../tensor";
import { type AttentionInputs, type AttentionInputsOptions, filled, sixteenths } from "../arbitraries";
import { largest } from "../comparisons";
import type { FastCheck } from "../drawing";
import { attentionLaw } from "./attention-law";
import { orderBy, picked, place, places, range, repeatHeads, tensor } from "./rows";

const nothing = (fc: FastCheck) => fc.constant(() => ({}));
const natural = (fc: FastCheck) => fc.nat({ max: 1023 });
const numbers = (fc: FastCheck, { values = sixteenths(fc) }: AttentionInputsOptions) =>
  fc.array(values, { minLength: 1, maxLength: 32, size: "max" });

/** The query at a place, and the keys and values at some places. */
const only = ({ q, k, v }: AttentionInputs, query: number, keys: readonly number[]) =>
  [picked(q, 1, [query]), picked(k, 1, keys), picked(v, 1, keys)] as const;

/** Hidden keys and values of this size show whether a mask hides them or only lowers their scores. */
const HUGE = 2 ** 26;

/**
 * What holds for A(q, k, v) = softmax(q kᵀ / √headDim) v, whatever q, k and v are.
 *
 * @see Phuong and Hutter 2022, Formal Algorithms for Transformers (arXiv 2207.09238), algorithms 3 to 5
 * @example
 * ```ts
 * import fc from "fast-check";
 * import { attention } from "transformer-blocks";
 * import { attentionLaws, checkLaws } from "transformer-blocks/testing";
 * checkLaws(attentionLaws, attention);
 *
 * const { causality } = attentionLaws;
 * fc.assert(fc.property(causality.arbitrary(), (input) => causality.holds(attention, input)));
 * ```
 */
export const attentionLaws = {
  /** A(q, k, 1) = 1. @see Vaswani et al. 2017 (arXiv 1706.03762), section 3.2.1 */
  weightsSumToOne: attentionLaw({
    name: "the weights of a query sum to one",
    statement: "A(q, k, 1) = 1",
    source: "Vaswani et al. 2017 (arXiv 1706.03762), section 3.2.1",
    more: {},
    draw: nothing,
    sides: (attention, { q, k, v }) => {
      const left = attention(q, k, ones(v.shape), {});
      return { left, right: ones([...q.shape.slice(0, 3), v.shape[3]]), size: 1 };
    },
  }),

  /** minⱼ vⱼ · u ≤ A(q, k, v) · u ≤ maxⱼ vⱼ · u. @see Phuong and Hutter 2022 (arXiv 2207.09238), algorithm 3 */
  hull: attentionLaw({
    name: "outputs lie in the convex hull of the values, in every direction u",
    statement: "minⱼ vⱼ · u ≤ A(q, k, v) · u ≤ maxⱼ vⱼ · u",
    source: "Phuong and Hutter 2022 (arXiv 2207.09238), algorithm 3",
    more: { direction: tensor },
    draw: (fc, options) =>
      numbers(fc, options).map((drawn) => ({ v }) => ({ direction: filled([v.shape[3]], drawn) })),
    sides: (attention, { q, k, v, direction }) => {
      const along = (x: Tensor): Tensor => sum(multiply(x, direction as Tensor), { axis: -1, keepAxis: true });
      const [left, values] = [along(attention(q, k, v, {})), along(repeatHeads(v, q.shape[2]))];
      const [low, high] = [min(values, { axis: 1, keepAxis: true }), max(values, { axis: 1, keepAxis: true })];
      return { left, right: minimum(maximum(left, low), high), size: v.shape[3] * largest(v) * largest(direction) };
    },
  }),

  /** A(q, P k, P v) = A(q, k, v). @see Lee et al. 2019, Set Transformer (arXiv 1810.00825), section 3 */
  keyOrder: attentionLaw({
    name: "a permutation P of the keys, with their values, changes nothing",
    statement: "A(q, P k, P v) = A(q, k, v)",
    source: "Lee et al. 2019, Set Transformer (arXiv 1810.00825), section 3",
    more: { order: places },
    draw: (fc) =>
      fc.array(natural(fc), { minLength: 5, maxLength: 5 }).map((drawn) => ({ k }) => ({
        order: orderBy(drawn, k.shape[1]),
      })),
    sides: (attention, { q, k, v, order }) => ({
      left: attention(q, picked(k, 1, order), picked(v, 1, order), {}),
      right: attention(q, k, v, {}),
    }),
  }),

  /** A(q, k + c, v) = A(q, k, v). @see Milakov and Gimelshein 2018 (arXiv 1805.02867), section 2 */
  shiftOfScores: attentionLaw({
    name: "a number added to all scores of a query changes nothing, also where exponentials overflow",
    statement: "A(q, k + c, v) = A(q, k, v)",
    source: "Milakov and Gimelshein 2018 (arXiv 1805.02867), section 2",
    // Scores of several hundreds are rounded to float32.
    tolerance: 5e-4,
    more: { shift: tensor },
    draw: (fc) =>
      fc
        .array(fc.integer({ min: -64, max: 64 }), { minLength: 1, maxLength: 8 })
        .map((drawn) => ({ k: { shape } }) => ({ shift: filled<HeadShape>([shape[0], 1, shape[2], shape[3]], drawn) })),
    sides: (attention, { q, k, v, shift }) => ({
      left: attention(q, add(k as Tensor, shift as Tensor) as typeof k, v, {}),
      right: attention(q, k, v, {}),
    }),
  }),

  /** A(q, [a, b], [1, 0]) = σ(q · (a − b) / √headDim). @see Vaswani et al. 2017 (arXiv 1706.03762), section 3.2.1 */
  scale: attentionLaw({
    name: "between two keys a and b, the weight is the logistic function of their difference of scores",
    statement: "A(q, [a, b], [1, 0]) = σ(q · (a − b) / √headDim)",
    source: "Vaswani et al. 2017 (arXiv 1706.03762), section 3.2.1",
    more: { first: place, second: place },
    draw: (fc) =>
      fc.tuple(natural(fc), natural(fc)).map(([first, second]) => ({ k }) => ({
        first: first % k.shape[1],
        second: second % k.shape[1],
      })),
    sides: (attention, { q, k, v, first, second }) => {
      const one = ones(picked(v, 1, [first]).shape);
      const values = concatenate([one, multiply(one, 0)], { axis: 1 }) as typeof v;
      const [a, b] = [first, second].map((key): Tensor => repeatHeads(picked(k, 1, [key]), q.shape[2]));
      const products = sum(multiply(q as Tensor, subtract(a!, b!)), { axis: -1, keepAxis: true });
      const weights: Tensor = sigmoid(divide(products, Math.sqrt(q.shape[3])));
      const right = multiply(weights, ones([v.shape[3]]) as Tensor);
      return { left: attention(q, picked(k, 1, [first, second]), values, {}), right };
    },
  }),

  /** A(q, k, v; causal)ᵢ = A(qᵢ, k≤ᵢ, v≤ᵢ). @see Vaswani et al. 2017 (arXiv 1706.03762), section 3.2.3 */
  causality: attentionLaw({
    name: "a causal query sees its own key and those before it, and no other",
    statement: "A(q, k, v; causal)ᵢ = A(qᵢ, k≤ᵢ, v≤ᵢ)",
    source: "Vaswani et al. 2017 (arXiv 1706.03762), section 3.2.3",
    selfAttention: true,
    more: { place },
    draw: (fc) =>
      natural(fc).map((drawn) => ({ q }) => ({ place: drawn % q.shape[1] })),
    sides: (attention, input) => ({
      left: picked(attention(input.q, input.k, input.v, { causal: true }), 1, [input.place]),
      right: attention(...only(input, input.place, range(input.place + 1)), {}),
    }),
  }),

  /** A(q, k, v; window w)ᵢ = A(qᵢ, kⱼ, vⱼ with |i − j| < w). @see Jiang et al. 2023, Mistral 7B (arXiv 2310.06825), section 2 */
  window: attentionLaw({
    name: "a query sees the keys less than w positions away, and no other",
    statement: "A(q, k, v; window w)ᵢ = A(qᵢ, kⱼ, vⱼ with |i − j| < w)",
    source: "Jiang et al. 2023, Mistral 7B (arXiv 2310.06825), section 2",
    selfAttention: true,
    more: { place, window: wholeIn({ least: 1 }), causal: expectBoolean },
    draw: (fc) =>
      fc.tuple(natural(fc), fc.integer({ min: 1, max: 4 }), fc.boolean()).map(([drawn, window, causal]) => ({ q }) => ({
        place: drawn % q.shape[1],
        window,
        causal,
      })),
    sides: (attention, input) => {
      const { q, k, v, place, window, causal } = input;
      const keys = range(k.shape[1]).filter((j) => Math.abs(place - j) < window && (!causal || j <= place));
      const left = picked(attention(q, k, v, { window, causal }), 1, [place]);
      return { left, right: attention(...only(input, place, keys), {}) };
    },
  }),

  /** A(q, k, v; m) = A(q, kⱼ, vⱼ with mⱼ = 1). @see Phuong and Hutter 2022 (arXiv 2207.09238), algorithm 4 */
  hiddenKeys: attentionLaw({
    name: "a hidden key might as well be absent, whatever it and its value are",
    statement: "A(q, k, v; m) = A(q, kⱼ, vⱼ with mⱼ = 1)",
    source: "Phuong and Hutter 2022 (arXiv 2207.09238), algorithm 4",
    more: { mask: arrayOf(oneOf([0, 1]), "an array of 1 for each key that is seen and 0 for others") },
    draw: (fc) =>
      fc
        .tuple(natural(fc), fc.array(fc.constantFrom(0, 1), { minLength: 1, maxLength: 8 }))
        .map(([seen, drawn]) => ({ k }) => ({
          mask: range(k.shape[1]).map((j) => (j === seen % k.shape[1] ? 1 : drawn[j % drawn.length]!)),
        })),
    sides: (attention, { q, k, v, mask }) => {
      const [batch, queries, heads] = q.shape;
      const keys = range(k.shape[1]).filter((j) => mask[j] === 1);
      const sizes = filled(
        [mask.length, 1, 1],
        mask.map((seen) => (seen === 1 ? 1 : HUGE)),
      );
      const [hugeK, hugeV] = [k, v].map((x) => multiply(x as Tensor, sizes as Tensor) as typeof k);
      const shown = multiply(ones([batch, heads, queries, mask.length]), filled([mask.length], mask));
      const left = attention(q, hugeK!, hugeV!, { mask: shown as Tensor<HeadShape> });
      return { left, right: attention(q, picked(k, 1, keys), picked(v, 1, keys), {}) };
    },
  }),

  /** A(q, k, a v + b u) = a A(q, k, v) + b A(q, k, u). @see Vaswani et al. 2017 (arXiv 1706.03762), equation 1 */
  linearInValues: attentionLaw({
    name: "outputs are linear in the values",
    statement: "A(q, k, a v + b u) = a A(q, k, v) + b A(q, k, u)",
    source: "Vaswani et al. 2017 (arXiv 1706.03762), equation 1",
    more: { other: tensor, a: numberIn(), b: numberIn() },
    draw: (fc, options) =>
      fc
        .tuple(numbers(fc, options), fc.integer({ min: -4, max: 4 }), fc.integer({ min: -4, max: 4 }))
        .map(([drawn, a, b]) => ({ v }) => ({ other: filled(v.shape, drawn), a, b })),
    sides: (attention, { q, k, v, other, a, b }) => {
      const mixed = (x: Tensor, y: Tensor): Tensor => add(multiply(x, a), multiply(y, b));
      const u = other as typeof v;
      const left = attention(q, k, mixed(v, u) as typeof v, {});
      const right = mixed(attention(q, k, v, {}), attention(q, k, u, {}));
      return { left, right, size: Math.abs(a) * largest(v) + Math.abs(b) * largest(u) };
    },
  }),

  /** A(q, k₁, v₁) = v₁. @see Vaswani et al. 2017 (arXiv 1706.03762), equation 1 */
  oneKey: attentionLaw({
    name: "of one key, every query gets the value",
    statement: "A(q, k₁, v₁) = v₁",
    source: "Vaswani et al. 2017 (arXiv 1706.03762), equation 1",
    more: {},
    draw: nothing,
    sides: (attention, { q, k, v }) => {
      const value = picked(v, 1, [0]);
      const right = multiply(repeatHeads(value, q.shape[2]) as Tensor, ones([q.shape[1], 1, 1]) as Tensor);
      return { left: attention(q, picked(k, 1, [0]), value, {}), right };
    },
  }),

  /** A(q, k, v) = A(q, k′, v′) with k′ₕ = k at ⌊h / g⌋, v′ₕ = v at ⌊h / g⌋. @see Ainslie et al. 2023 (arXiv 2305.13245), section 2.2 */
  groupedHeads: attentionLaw({
    name: "grouped heads equal repeated heads: key head ⌊h / g⌋ serves query head h, where g query heads share one",
    statement: "A(q, k, v) = A(q, k′, v′) with k′ₕ = k at ⌊h / g⌋, v′ₕ = v at ⌊h / g⌋",
    source: "Ainslie et al. 2023 (arXiv 2305.13245), section 2.2",
    more: {},
    draw: nothing,
    sides: (attention, { q, k, v }) => ({
      left: attention(q, k, v, {}),
      right: attention(q, repeatHeads(k, q.shape[2]), repeatHeads(v, q.shape[2]), {}),
    }),
  }),
};
