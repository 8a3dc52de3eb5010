/** What the floors above need from this one, but callers of the package do not. */
export { forgetSpare, giveBack, roomFor } from "../kernels/internal";
export { type Recorded, recorded } from "./gradient";
export { indices } from "./ids";
export type { Mean } from "./means";
export { Gradients } from "./named-gradients";
export { nameLater } from "./naming";
export { attentionScores, firstKeys, weightedTexts, weightsOfScores, withPadding } from "./operations/attention";
export { encodedLayers, type LayerParts } from "./operations/encoder-layer";
export { fedTogether } from "./operations/gated-layer";
export { reshaped } from "./operations/layout";
export { linears } from "./operations/matmul";
export { type Turning, turning } from "./operations/rotary";
export { apart, endToEnd, expectLengths, lengthsCheck, longestOf, startsOf, tokensOf } from "./operations/texts";
export { commitAll } from "./parameter";
export { prepareQuantized, type Quantization } from "./quantize";
export { quantizedFormat, roundedActivations } from "./quantize-checks";
export { isRecording } from "./record";
export { remembered } from "./remembered";
export { canStep, RowSteps, type RowValue, rowOf, valuesOf } from "./row-steps";
export { checkShape, sameShape, sizeOf } from "./shape";
export type { LinearShape } from "./shape-types";
export { elsewhereOf } from "./storage";

export { logSum, survey } from "./survey";
export { tensorHere } from "./tensor";
export { gradientsOver } from "./watched";
