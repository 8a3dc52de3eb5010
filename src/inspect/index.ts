/**
 * Tools to look inside a model: record and patch what its blocks compute, read each layer with the logit lens, and compare
 * the vectors of words.
 *
 * @module inspect
 */
export { type InspectOptions, inspect } from "./inspect";
export type { Inspected } from "./inspected";
export { type LayerLogits, type LensModel, logitLens } from "./logit-lens";
export { patch } from "./patch";
export type { Patch, Patches } from "./recorder";
export {
  analogy,
  nearest,
  type SimilarOptions,
  type SimilarWord,
  type WordSource,
  type WordTokenizer,
} from "./word-vectors";
