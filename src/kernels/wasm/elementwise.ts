import type { Binary, Broadcast, Selection, Unary } from "../kernels";
import { referenceKernels } from "../reference";
import { elements } from "./binaries";
import { combineParts } from "./operands";
import { inParts, placeOf, streamOf } from "./stream";
import { tableOf } from "./table";
import { unaries } from "./unaries";

/** The operations in the order of the kernel's numbers. */
const names = ["add", "subtract", "multiply", "divide", "where"] as const;
type Name = (typeof names)[number];

/** Where arithmetic and activations run. */
export const elementStream = /* @__PURE__ */ streamOf(elements);

export function unary(name: Unary, x: Float32Array, factor?: Float32Array): Float32Array {
  const stream = elementStream();
  // An unknown function is none of the kernel's numbers: it traps.
  return inParts(stream, [x, factor], ([at, factorAt], count) => {
    stream.assembly.unary!(unaries[name] ?? -1, at!, factorAt!, count);
  });
}

export function binary(name: Binary, a: Float32Array, b: Float32Array, broadcast: Broadcast): Float32Array {
  const { shape, stepsA, stepsB } = broadcast;
  return combine(name, shape, [a, b], [stepsA, stepsB]) ?? referenceKernels.binary(name, a, b, broadcast);
}

export function where(condition: Float32Array, a: Float32Array, b: Float32Array, selection: Selection): Float32Array {
  const { shape, stepsCondition, stepsA, stepsB } = selection;
  const found = combine("where", shape, [condition, a, b], [stepsCondition, stepsA, stepsB]);
  return found ?? referenceKernels.where(condition, a, b, selection);
}

/** Undefined if an operand broadcasts along a middle axis. */
function combine(
  name: Name,
  shape: readonly number[],
  operands: readonly Float32Array[],
  steps: readonly (readonly number[])[],
): Float32Array | undefined {
  const table = tableOf(shape, steps);
  if (!table) return undefined;
  const stream = elementStream();
  return combineParts(stream, operands, table, ([a, b, c], count) => {
    const third = c === undefined ? [0, 0] : [placeOf(2), c];
    const result = placeOf(operands.length);
    stream.assembly.combine!(names.indexOf(name), placeOf(0), a!, placeOf(1), b!, ...third, result, count);
  });
}
