import { type Check, oneOf } from "../checks";
import type { Activations, QuantizedFormat } from "../kernels";

/** Checks the name of a format of quantized weights. */
export const quantizedFormat: Check = /* @__PURE__ */ oneOf(["q8", "q4"] satisfies QuantizedFormat[]);
/** Checks how what meets quantized weights is rounded. */
export const roundedActivations: Check = /* @__PURE__ */ oneOf([8, 12, "float32"] satisfies Activations[]);
