/**
 * Property tests of attention: arbitraries for fast-check, comparisons and a gradient check. fast-check is a peer
 * dependency: install it too.
 *
 * @module testing
 */
export {
  type AttentionInputs,
  type AttentionInputsOptions,
  attentionInputs,
  type TensorsOptions,
  tensors,
} from "./arbitraries";
export { close, maxDifference, rowsSumToOne } from "./comparisons";
export { checkGradients, type GradientCheck, type GradientCheckOptions, type WorstElement } from "./gradient-check";
