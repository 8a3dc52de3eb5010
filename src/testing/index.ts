/**
 * What it takes to state a claim about attention as a property and to check it: arbitrary inputs for fast-check,
 * comparisons and a gradient check. fast-check is a peer: install it beside this package.
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
