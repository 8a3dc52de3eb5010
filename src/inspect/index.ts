/**
 * Tools to look inside a model: record and patch what its blocks compute, read each layer with the logit lens, and compare
 * the vectors of words.
 *
 * @module inspect
 */
export { type Inspected, type InspectOptions, inspect, type Patch, type Patches, patch } from "./inspect";
export { type LayerLogits, type LensModel, logitLens } from "./logit-lens";
export {
  analogy,
  nearest,
  type SimilarOptions,
  type SimilarWord,
  type WordSource,
  type WordTokenizer,
} from "./word-vectors";
