/** What the floors above need from this one, but callers of the package do not. */
export { type Recorded, recorded } from "./gradient";
export { indices } from "./ids";
export type { Mean } from "./means";
export { Gradients } from "./named-gradients";
export { nameLater } from "./naming";
export { attentionScores, firstKeys, weightedTexts, weightsOfScores, withPadding } from "./operations/attention";
export { encodedLayer } from "./operations/encoder-layer";
export { reshaped } from "./operations/layout";
export { linears } from "./operations/matmul";
export { apart, endToEnd, expectLengths, lengthsCheck, longestOf, startsOf, tokensOf } from "./operations/texts";
export { commitAll } from "./parameter";
export { prepareQuantized, type Quantization, quantizedFormat, roundedActivations } from "./quantize";
export { isRecording } from "./record";
export { checkShape, sameShape, sizeOf } from "./shape";
export type { LinearShape } from "./shape-types";
export { elsewhereOf } from "./storage";
export { tensorHere } from "./tensor";
export { gradientsOver } from "./watched";
