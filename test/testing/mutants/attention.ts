import { type HeadShape, permute, type Tensor, tensor } from "transformer-blocks";
import type { AttentionFunction, AttentionLawOptions, attentionLaws } from "transformer-blocks/testing";
import type { Mutant } from "./mutant";

/** What the loops below are made of; a bug replaces one. */
interface Parts {
  scale(headDim: number): number;
  keyHead(head: number, heads: number, keyValueHeads: number): number;
  sees(query: number, key: number, options: AttentionLawOptions): boolean;
  /** A score from a product and whether the mask keeps its key. */
  score(product: number, scale: number, kept: boolean, key: number): number;
  /** [queries][keys], of scores. */
  weights(scores: readonly number[][]): number[][];
  /** Weights after the softmax. */
  kept(weight: number, kept: boolean): number;
  value(x: number): number;
}

/** As float32 has them. */
const exp = (x: number) => Math.fround(Math.exp(x));
const total = (row: readonly number[]) => row.reduce((a, b) => a + b, 0);
const normalized = (row: readonly number[]) => row.map((x) => x / total(row));
const softmax = (row: readonly number[]) => normalized(row.map((score) => exp(score - Math.max(...row))));
const transposed = (rows: readonly number[][]) => rows[0]!.map((_, j) => rows.map((row) => row[j]!));

const parts: Parts = {
  scale: (headDim) => 1 / Math.sqrt(headDim),
  keyHead: (head, heads, keyValueHeads) => Math.floor(head / (heads / keyValueHeads)),
  sees: (i, j, { causal, window = Number.POSITIVE_INFINITY }) => !(causal && j > i) && Math.abs(i - j) < window,
  score: (product, scale, kept) => (kept ? product * scale : Number.NEGATIVE_INFINITY),
  weights: (scores) => scores.map(softmax),
  kept: (weight) => weight,
  value: (x) => x,
};

/** Attention as a loop over every index. */
export function attentionOf(changed: Partial<Parts> = {}): AttentionFunction {
  const { scale, keyHead, sees, score, weights, kept, value } = { ...parts, ...changed };
  return (q, k, v, options = {}) => {
    const [batch, queries, heads, dim] = q.shape;
    const [, keys, keyValueHeads] = k.shape;
    const at = ({ shape, data }: Tensor<HeadShape>, b: number, i: number, h: number, d: number) =>
      data[((b * shape[1] + i) * shape[2] + h) * shape[3] + d]!;
    const range = (count: number) => [...new Array(count).keys()];
    return tensor(
      range(batch).map((b) => {
        const outputs = range(heads).map((h) => {
          const shared = keyHead(h, heads, keyValueHeads);
          const isKept = (i: number, j: number) =>
            sees(i, j, options) && (options.mask === undefined || at(options.mask, b, h, i, j) === 1);
          const scores = range(queries).map((i) =>
            range(keys).map((j) => {
              const product = total(range(dim).map((d) => at(q, b, i, h, d) * at(k, b, j, shared, d)));
              return score(product, scale(dim), isKept(i, j), j);
            }),
          );
          return weights(scores).map((row, i) =>
            range(v.shape[3]).map((d) =>
              total(row.map((weight, j) => kept(weight, isKept(i, j)) * value(at(v, b, j, shared, d)))),
            ),
          );
        });
        return range(queries).map((i) => outputs.map((head) => head[i]!));
      }),
    );
  };
}

const masks = (hidden: number): Partial<Parts> => ({
  score: (product, scale, kept) => product * scale + (kept ? 0 : hidden),
});

/** [batch, seq, heads, headDim] → [batch, heads, seq, headDim] */
const swapped = (x: Tensor<HeadShape>) => permute(x, [0, 2, 1, 3]) as Tensor<HeadShape>;

type Row = [bug: string, law: keyof typeof attentionLaws, implementation: AttentionFunction];

const rows: Row[] = [
  ["no scale", "scale", attentionOf({ scale: () => 1 })],
  ["scale 1 / headDim", "scale", attentionOf({ scale: (dim) => 1 / dim })],
  ["scale √headDim", "scale", attentionOf({ scale: Math.sqrt })],
  ["a query does not see its own key", "causality", attentionOf({ sees: (i, j, { causal }) => !causal || j < i })],
  ["a query sees the next key", "causality", attentionOf({ sees: (i, j, { causal }) => !causal || j <= i + 1 })],
  ["the future is not hidden", "causality", attentionOf({ sees: () => true })],
  ["the past is hidden", "causality", attentionOf({ sees: (i, j, { causal }) => !causal || j >= i })],
  [
    "no maximum is subtracted",
    "shiftOfScores",
    attentionOf({ weights: (all) => all.map((row) => normalized(row.map(exp))) }),
  ],
  [
    "the maximum of all rows is subtracted",
    "shiftOfScores",
    attentionOf({
      weights: (all) => all.map((row) => normalized(row.map((score) => exp(score - Math.max(...all.flat()))))),
    }),
  ],
  [
    "heads and sequence swapped",
    "oneKey",
    (q, k, v) => swapped(attentionOf()(swapped(q), swapped(k), swapped(v)) as Tensor<HeadShape>),
  ],
  ["the mask is ignored", "hiddenKeys", (q, k, v, options) => attentionOf()(q, k, v, { ...options, mask: undefined })],
  [
    "the mask is applied after the softmax",
    "hiddenKeys",
    attentionOf({ score: (product, scale) => product * scale, kept: (weight, kept) => (kept ? weight : 0) }),
  ],
  ["−10⁴ is added where the mask hides", "hiddenKeys", attentionOf(masks(-1e4))],
  [
    "−10⁹ is added before the scale",
    "hiddenKeys",
    attentionOf({ score: (product, scale, kept) => (product + (kept ? 0 : -1e9)) * scale }),
  ],
  [
    "scores are multiplied by the mask",
    "hiddenKeys",
    attentionOf({ score: (product, scale, kept) => (kept ? product * scale : 0) }),
  ],
  [
    "the window is one too wide",
    "window",
    attentionOf({ sees: (i, j, { causal, window = 99 }) => parts.sees(i, j, { causal, window: window + 1 }) }),
  ],
  [
    "the window is one too narrow",
    "window",
    attentionOf({
      sees: (i, j, { causal, window = 99 }) => parts.sees(i, j, { causal, window: Math.max(1, window - 1) }),
    }),
  ],
  [
    "the window looks back only",
    "window",
    attentionOf({ sees: (i, j, options) => parts.sees(i, j, options) && (!options.window || j <= i) }),
  ],
  ["query heads take key heads in turn", "groupedHeads", attentionOf({ keyHead: (head, _, shared) => head % shared })],
  ["all query heads share the first key head", "oneKey", attentionOf({ keyHead: () => 0 })],
  [
    "softmax over the queries",
    "weightsSumToOne",
    attentionOf({ weights: (all) => transposed(transposed(all).map(softmax)) }),
  ],
  [
    "weights are not normalized",
    "weightsSumToOne",
    attentionOf({ weights: (all) => all.map((row) => row.map((score) => 1 / (1 + exp(-score)))) }),
  ],
  [
    "1 is added to the denominator",
    "oneKey",
    attentionOf({ weights: (all) => all.map((row) => softmax([...row, 0]).slice(0, -1)) }),
  ],
  [
    "scores are divided by their sum",
    "hull",
    attentionOf({ weights: (all) => all.map((row) => normalized(row.map((score) => score + 0.01))) }),
  ],
  [
    "scores depend on the place of the key",
    "keyOrder",
    attentionOf({ score: (product, scale, kept, j) => parts.score(product, scale, kept, j) - j / 2 }),
  ],
  ["values are clipped", "linearInValues", attentionOf({ value: (x) => Math.max(-2, Math.min(2, x)) })],
];

export const attentionMutants: Mutant<AttentionFunction, keyof typeof attentionLaws>[] = rows.map(
  ([bug, law, implementation]) => ({ bug, law, implementation }),
);
