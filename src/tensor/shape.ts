import { type Checks, expectBoolean, wholeIn, wrongKind } from "../checks";
import { ShapeError } from "../errors";
import type { Axis, Broadcast } from "../kernels";
import type { Shape } from "./shape-types";

/** `[2, 3]` */
export const show = (shape: Shape): string => `[${shape.join(", ")}]`;

/** The number of elements of a shape. */
export function sizeOf(shape: Shape): number {
  let product = 1;
  for (let axis = 0; axis < shape.length; axis++) product *= shape[axis]!;
  return product;
}

/** Throws unless every size is a whole number ≥ 0 and all together fit an array. */
export function checkShape(operation: string, shape: unknown): asserts shape is Shape {
  if (!Array.isArray(shape)) throw wrongKind(operation, "shape", "an array of sizes", shape);
  for (let axis = 0; axis < shape.length; axis++) {
    const size: unknown = shape[axis];
    // The message's words are made only for a message.
    if (!Number.isSafeInteger(size) || (size as number) < 0) isSize(operation, `shape[${axis}]`, size);
  }
  checkSize(operation, shape);
}

const isSize = /* @__PURE__ */ wholeIn({ least: 0 });

/** Throws unless an array can have so many elements. */
export function checkSize(operation: string, shape: Shape): void {
  if (sizeOf(shape) > 2 ** 32) throw new RangeError(`${operation}: the shape ${show(shape)} has over 2^32 elements`);
}

/** The options of what works along an axis. */
export interface AxisOption {
  axis?: number | undefined;
}
export interface AxisOptions<
  Axis extends number | undefined = number | undefined,
  Keep extends boolean | undefined = boolean | undefined,
> {
  axis?: Axis | undefined;
  keepAxis?: Keep | undefined;
}

const isWhole = /* @__PURE__ */ wholeIn();
export const axisCheck: Checks<AxisOption> = { axis: isWhole };
export const axisChecks: Checks<AxisOptions> = { axis: isWhole, keepAxis: expectBoolean };

/** An axis counted from the front; −1 is the last. */
export function axisIndex(operation: string, shape: Shape, axis: number, place?: number): number {
  const index = typeof axis === "number" && axis < 0 ? axis + shape.length : axis;
  if (Number.isInteger(axis) && index >= 0 && index < shape.length) return index;
  const name = place === undefined ? "axis" : `order[${place}]`;
  isWhole(operation, name, axis);
  throw new RangeError(`${operation}: ${name} ${axis} is not an axis of the shape ${show(shape)}`);
}

/** A shape seen along one axis. */
export function alongAxis(shape: Shape, axis: number): Axis {
  return { outer: sizeOf(shape.slice(0, axis)), size: shape[axis]!, inner: sizeOf(shape.slice(axis + 1)) };
}

/** Elements to step over for the next index of each axis of a contiguous shape. */
export function stepsOf(shape: Shape): number[] {
  return shape.map((_, axis) => sizeOf(shape.slice(axis + 1)));
}

/** The steps that read a tensor as if it had the wider shape: 0 along repeated axes. `undefined` where it does not fit. */
export function broadcastSteps(shape: Shape, wider: Shape): number[] | undefined {
  const missing = wider.length - shape.length;
  const steps = stepsOf(shape);
  const result: number[] = [];
  for (let axis = 0; axis < wider.length; axis++) {
    const size = shape[axis - missing] ?? 1;
    if (missing < 0 || (size !== 1 && size !== wider[axis])) return undefined;
    result.push(size === 1 ? 0 : steps[axis - missing]!);
  }
  return result;
}

/** NumPy's broadcasting: right-aligned, sizes equal or one of them 1. */
export function broadcast(operation: string, a: Shape, b: Shape): Broadcast {
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
