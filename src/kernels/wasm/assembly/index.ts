export { multiply, multiplyVector, packLeft } from "./matmul";
export { unary, unaryGradient } from "./unary";
