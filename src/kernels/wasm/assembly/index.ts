export { multiply, multiplyVector, packLeft } from "./matmul";
export { expandEight, expandFour, multiplyEight, multiplyFour, quantizeVector } from "./quantized";
