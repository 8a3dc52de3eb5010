export { addUpLine, addUpRows } from "./cumulative";
export { map } from "./map";
export { pair, spread } from "./pair";
export { columns, lines } from "./reduce";
