import * as reference from "../../reference/elementwise";
import type { Broadcast, Unary } from "../../specs";
import { elements, slopes } from "../binaries";
import type { Flavor } from "../module";
import { combineParts } from "../operands";
import { inParts, placeOf, streamOf } from "../stream";
import { tableOf } from "../table";
import { unaries } from "../unaries";

const slopeStream = /* @__PURE__ */ streamOf(elements, slopes);

export function unaryGradient(
  _: Flavor,
  name: Unary,
  x: Float32Array,
  gradient: Float32Array,
  factor?: Float32Array,
): Float32Array {
  const { assembly } = slopeStream();
  // An unknown function is none of the kernel's numbers: it traps.
  return inParts(slopeStream(), [x, gradient, factor], ([at, gradientAt, factorAt], count) => {
    assembly.unaryGradient!(unaries[name] ?? -1, at!, gradientAt!, factorAt!, count);
  });
}

/** Undefined if an operand broadcasts along a middle axis. */
export function divideGradient(
  _: Flavor,
  gradient: Float32Array,
  a: Float32Array,
  b: Float32Array,
  { shape, stepsA, stepsB }: Broadcast,
): Float32Array | undefined {
  const whole = shape.map((_, axis) => reference.sizeOf(shape.slice(axis + 1)));
  const table = tableOf(shape, [whole, stepsA, stepsB]);
  if (!table) return undefined;
  const { assembly } = slopeStream();
  return combineParts(slopeStream(), [gradient, a, b], table, ([stepG, stepA, stepB], count) => {
    assembly.divideGradient!(placeOf(0), stepG!, placeOf(1), stepA!, placeOf(2), stepB!, placeOf(3), count);
  });
}
