/**
 * Tools to look inside a model: record and patch what its blocks compute, and read each layer with the logit lens.
 *
 * @module inspect
 */
export { type Inspected, type InspectOptions, inspect, type Patch, type Patches, patch } from "./inspect";
export { type LayerLogits, type LensModel, logitLens } from "./logit-lens";
