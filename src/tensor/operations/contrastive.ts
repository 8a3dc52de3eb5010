import { type Check, type Checks, checkOptions, expectBoolean, numberIn, oneOf } from "../../checks";
import { ShapeError } from "../../errors";
import { knownAs } from "../../synonyms";
import { show } from "../shape";
import { expectTensor, Tensor } from "../tensor";
import { add, divide, multiply } from "./elementwise";
import { reshape, transpose } from "./layout";
import { crossEntropy } from "./loss";
import { matmul } from "./matmul";
import { normalize } from "./similarity";

/** Options of `contrastive`. */
export interface ContrastiveOptions {
  /** What similarities are divided by: a positive number, or a tensor of one, which may be learned. 0.07 if omitted. */
  temperature?: number | Tensor | undefined;
  /** Whether each b must also find its a, as in CLIP; the loss is then the mean of both ways. False if omitted. */
  symmetric?: boolean | undefined;
  /** The cosine of the angle, or the plain product of the vectors. "cosine" if omitted. */
  similarity?: "cosine" | "dot" | undefined;
}

const isPositive = /* @__PURE__ */ numberIn({ above: 0 });
const isTemperature: Check = (where, name, value) => {
  if (!(value instanceof Tensor)) isPositive(where, name, value);
  else if (value.size !== 1) throw new ShapeError(`${where}: ${name} of shape ${show(value.shape)} must be one number`);
};
const checks: Checks<ContrastiveOptions> = /* @__PURE__ */ knownAs(
  { options: ["temperature tau"], words: ["dot dotProduct"] },
  { temperature: isTemperature, symmetric: expectBoolean, similarity: /* @__PURE__ */ oneOf(["cosine", "dot"]) },
);

/**
 * The contrastive loss InfoNCE of pairs of vectors a, b [n, d]: each a must tell its own b from those of the others,
 *
 *     −1/n Σᵢ log( exp(s(aᵢ, bᵢ) / τ) / Σⱼ exp(s(aᵢ, bⱼ) / τ) )
 *
 * with the similarity s and the temperature τ.
 *
 * @throws ShapeError unless both are [n, d]
 * @see van den Oord et al. 2018, Contrastive Predictive Coding (arXiv 1807.03748), equation 4; Radford et al. 2021, CLIP
 * (arXiv 2103.00020), figure 3, for the symmetric form
 * @example
 * ```ts
 * import { contrastive, tensor } from "transformer-blocks";
 * const x = tensor([[1, 0], [0, 1]]);
 * contrastive(x, x, { temperature: 1 }).item(); // 0.3132617
 * ```
 */
export function contrastive(a: Tensor, b: Tensor, options: ContrastiveOptions = {}): Tensor<[]> {
  expectTensor("contrastive", "a", a);
  expectTensor("contrastive", "b", b);
  checkOptions("contrastive", options, checks);
  if (a.rank !== 2 || b.rank !== 2 || a.shape[0] !== b.shape[0] || a.shape[1] !== b.shape[1])
    throw new ShapeError(`contrastive: a ${show(a.shape)} and b ${show(b.shape)} must both be [n, d]`);
  const { temperature = 0.07, symmetric = false, similarity = "cosine" } = options;
  const [left, right] = similarity === "cosine" ? [normalize(a), normalize(b)] : [a, b];
  const scores: Tensor = divide(matmul(left, transpose(right)) as Tensor, one(temperature));
  const own = Array.from({ length: a.shape[0]! }, (_, i) => i);
  const loss = crossEntropy(scores, own);
  return symmetric ? multiply(add(loss, crossEntropy(transpose(scores), own)), 0.5) : loss;
}

const one = (temperature: number | Tensor): number | Tensor =>
  temperature instanceof Tensor ? reshape(temperature, []) : temperature;
