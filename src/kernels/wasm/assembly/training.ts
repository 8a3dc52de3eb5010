export { crossEntropy, crossEntropyGradient } from "./rows/loss";
export { adamW } from "./rows/optimizer";
export { logSoftmaxGradient, softmaxGradient } from "./rows/softmax-gradient";
export { addBlocks, layerNormGradient, rmsNormGradient } from "./rows/norm-gradient";
export { attentionGradient, attentionGradientScratchBytes, attentionGradientUnits, magnitude } from "./attention/gradient";
export { addRows } from "./rows/sums";
