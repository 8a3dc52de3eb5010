export { multiply, packLeft } from "./products/matmul";
export { multiplyFew } from "./products/few";
export { multiplyRow } from "./products/row";
export { rotary } from "./rows/rotary";
export { logSoftmax, softmax } from "./rows/softmax";
export { layerNorm, rmsNorm } from "./rows/norm";
export { attention, attentionScratchBytes, attentionUnits } from "./attention/attention";
export { choosePlaces, dropout, normal, words } from "./rows/random";
