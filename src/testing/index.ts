/**
 * Laws that any implementation of attention, a block or a model can be held to, arbitraries for fast-check, comparisons
 * and a gradient check. fast-check is an optional peer dependency, needed only to draw inputs.
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
export * from "./laws";
