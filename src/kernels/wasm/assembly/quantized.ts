export { multipliesBytes, multiplyMany } from "./products/eight";
export { packEight } from "./products/eight-pack";
export { quantizeForEight, quantizeForFour } from "./products/quantize-row";
export { multiplyQuantizedRow } from "./products/quantized-row";
