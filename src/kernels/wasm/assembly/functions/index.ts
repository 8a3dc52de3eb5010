export { addUpLine, addUpRows } from "./cumulative";
export { map } from "./map";
export { spread } from "../simd/operand";
export { pair } from "./pair";
export { columns, lines } from "./reduce";
