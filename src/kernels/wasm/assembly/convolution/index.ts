export { depthwise } from "./depthwise";
