/** What the floors above need of this one, and no caller of the package. */
export { type Recorded, recorded } from "./gradient";
export { indices } from "./ids";
export type { Mean } from "./means";
export { Gradients } from "./named-gradients";
export { nameLater } from "./naming";
export { commitAll, quantizedFormat } from "./parameter";
export { isRecording } from "./record";
export { checkShape, sameShape, sizeOf } from "./shape";
export type { LinearShape } from "./shape-types";
