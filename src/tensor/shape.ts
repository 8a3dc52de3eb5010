import { arrayOf, type Check, type Checks, expectBoolean, wholeIn, wrongKind } from "../checks";
import { ShapeError } from "../errors";
import type { Axis, Broadcast } from "../kernels";
import { sizeOf } from "../kernels/internal";
import type { Axes, Shape } from "./shape-types";

export { sizeOf } from "../kernels/internal";

/** `[2, 3]` */
export const show = (shape: Shape): string => `[${shape.join(", ")}]`;

/** Throws unless every size is a whole number ≥ 0 and the elements fit an array. */
export function checkShape(operation: string, shape: unknown): asserts shape is Shape {
  if (!Array.isArray(shape)) throw wrongKind(operation, "shape", "an array of sizes", shape);
  for (let axis = 0; axis < shape.length; axis++) {
    const size: unknown = shape[axis];
    // The message is built only if it is needed.
    if (!Number.isSafeInteger(size) || (size as number) < 0) isSize(operation, `shape[${axis}]`, size);
  }
  checkSize(operation, shape);
}

const isSize = /* @__PURE__ */ wholeIn({ least: 0 });

/** Throws if the shape has more elements than an array can hold. */
export function checkSize(operation: string, shape: Shape): void {
  if (sizeOf(shape) > 2 ** 32) throw new RangeError(`${operation}: shape ${show(shape)} has over 2^32 elements`);
}

/** The option of operations along one axis. */
export interface AlongOptions<Axis extends number = number> {
  axis: Axis;
}
/** The same where it may be omitted. */
export interface AxisOption {
  axis?: number | undefined;
}
/** Options of reductions. */
export interface AxisOptions<Axis extends Axes = Axes, Keep extends boolean | undefined = boolean | undefined> {
  /** One axis or several; all if omitted. */
  axis?: Axis | undefined;
  /** Whether the axes stay, with size 1. */
  keepAxis?: Keep | undefined;
}

const isWhole = /* @__PURE__ */ wholeIn();
export const axisCheck: Checks<AxisOption> = { axis: isWhole };
const areWhole = /* @__PURE__ */ arrayOf(isWhole);
/** One axis or a list of them. */
export const axesCheck: Check = (where, name, value) => {
  if (Array.isArray(value)) areWhole(where, name, value);
  else if (typeof value !== "number") throw wrongKind(where, name, "a whole number or an array of them", value);
  else isWhole(where, name, value);
};
export const axisChecks: Checks<AxisOptions> = { axis: axesCheck, keepAxis: expectBoolean };

/** An axis counted from the front; −1 is the last. */
export function axisIndex(operation: string, shape: Shape, axis: number, place?: number, list = "order"): number {
  const index = typeof axis === "number" && axis < 0 ? axis + shape.length : axis;
  if (Number.isInteger(axis) && index >= 0 && index < shape.length) return index;
  const name = place === undefined ? "axis" : `${list}[${place}]`;
  isWhole(operation, name, axis);
  throw new RangeError(`${operation}: ${name} ${axis} is not an axis of shape ${show(shape)}`);
}

/** As a list of one element if it has no axes. */
export const listShape = (shape: Shape): Shape => (shape.length === 0 ? [1] : shape);

/** An axis to go along: 0 and −1 are axes of a tensor of rank 0 too, which counts as a list of one element. */
export function axisAlong(operation: string, shape: Shape, axis: number): number {
  return shape.length === 0 && (axis === 0 || axis === -1) ? 0 : axisIndex(operation, shape, axis);
}

/**
 * The axes of an option, from the front and in order; all if omitted. A tensor of rank 0 has none to leave out.
 *
 * @throws RangeError for an axis that the shape does not have, or that comes twice
 */
export function axesOf(operation: string, shape: Shape, axis: Axes): readonly number[] {
  if (axis === undefined) return shape.map((_, each) => each);
  if (typeof axis === "number") return axesOf(operation, shape, [axis]);
  const axes = axis.map((each) => axisAlong(operation, shape, each)).sort((a, b) => a - b);
  const twice = axes.find((each, i) => each === axes[i + 1]);
  if (twice !== undefined) throw new RangeError(`${operation}: axis ${twice} comes twice in [${axis.join(", ")}]`);
  return shape.length === 0 ? [] : axes;
}

/** A shape split at one axis. */
export function alongAxis(shape: Shape, axis: number): Axis {
  return { outer: sizeOf(shape.slice(0, axis)), size: listShape(shape)[axis]!, inner: sizeOf(shape.slice(axis + 1)) };
}

/** Whether two shapes have the same sizes. */
export const sameShape = (a: Shape, b: Shape): boolean => a === b || (a.length === b.length && endsIn(a, b));

/** Whether a shape ends in `tail`. Compares numbers: comparing text would cost more than small operations. */
export function endsIn(shape: Shape, tail: Shape): boolean {
  const start = shape.length - tail.length;
  if (start < 0) return false;
  for (let axis = 0; axis < tail.length; axis++) if (shape[start + axis] !== tail[axis]) return false;
  return true;
}

/**
 * The strides that read a contiguous tensor as the wider shape: 0 along repeated axes. `undefined` if it does not fit.
 */
export function broadcastSteps(shape: Shape, wider: Shape): number[] | undefined {
  const missing = wider.length - shape.length;
  if (missing < 0) return undefined;
  const steps = new Array<number>(wider.length).fill(0);
  for (let axis = shape.length - 1, step = 1; axis >= 0; axis--) {
    const size = shape[axis]!;
    if (size !== 1 && size !== wider[axis + missing]) return undefined;
    if (size !== 1) steps[axis + missing] = step;
    step *= size;
  }
  return steps;
}

/** NumPy's broadcasting: right-aligned, sizes equal or one of them 1. */
export function broadcast(operation: string, a: Shape, b: Shape): Broadcast {
  if (sameShape(a, b)) return alike(a);
  const rank = Math.max(a.length, b.length);
  const shape: number[] = [];
  for (let back = rank; back > 0; back--) {
    const sizeA = a[a.length - back] ?? 1;
    const sizeB = b[b.length - back] ?? 1;
    if (sizeA !== sizeB && sizeA !== 1 && sizeB !== 1)
      throw new ShapeError(
        `${operation}: the shapes ${show(a)} and ${show(b)} do not broadcast: ${sizeA} against ${sizeB}`,
      );
    shape.push(sizeA === 1 ? sizeB : sizeA);
  }
  checkSize(operation, shape);
  return { shape, stepsA: broadcastSteps(a, shape)!, stepsB: broadcastSteps(b, shape)! };
}

/** The fast path: most operands need no broadcasting, and planning would take longer than a small operation. */
function alike(shape: Shape): Broadcast {
  const steps = broadcastSteps(shape, shape)!;
  return { shape, stepsA: steps, stepsB: steps };
}
