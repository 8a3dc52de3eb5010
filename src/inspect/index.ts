/**
 * A look inside a model: what its blocks compute, what changes if a value does, what each layer would say.
 *
 * @module inspect
 */
export { type Inspected, type InspectOptions, inspect, type Patch, type Patches, patch } from "./inspect";
export { type LayerLogits, type LensModel, logitLens } from "./logit-lens";
