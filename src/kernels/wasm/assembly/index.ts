export { multiply, multiplyVector, packLeft } from "./matmul";
export { unary, unaryGradient } from "./unary";
export { crossEntropy, crossEntropyGradient } from "./loss";
export { adamW } from "./optimizer";
export { logSoftmax, logSoftmaxGradient, softmax, softmaxGradient } from "./softmax";
export { layerNorm, rmsNorm } from "./norm";
export { addBlocks, layerNormGradient, rmsNormGradient } from "./norm-gradient";
