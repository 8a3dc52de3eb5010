export { spread } from "../simd/operand";
export { combine } from "./combine";
export { columns, lines } from "./sum";
export { unary } from "./unary";
