export { multiply, multiplyVector, packLeft } from "./matmul";
