import * as library from "../../dist/index.js";

/** The model with quantized weights, if this build supports them. */
export function withWeights(model, weights = "float32") {
  if (weights === "float32") return model;
  if (!library.quantize) throw new Error("this build has no quantized weights");
  return library.quantize(model, weights);
}
