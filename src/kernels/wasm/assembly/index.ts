export { multiply, multiplyVector, packLeft } from "./matmul";
export { expandEight, expandFour, multiplyEight, multiplyFour, quantizeVector } from "./quantized";
export { unary, unaryGradient } from "./unary";
export { crossEntropy, crossEntropyGradient } from "./loss";
export { adamW } from "./optimizer";
export { logSoftmax, logSoftmaxGradient, softmax, softmaxGradient } from "./softmax";
export { addBlocks, layerNorm, layerNormGradient, rmsNorm, rmsNormGradient } from "./norm";
