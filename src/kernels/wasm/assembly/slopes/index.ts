export { spread } from "../simd/operand";
export { divideGradient } from "./divide";
export { unaryGradient } from "./unary";
