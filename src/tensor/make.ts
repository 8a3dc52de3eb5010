import { describe, refuseMore, wrongKind } from "../checks";
import { conversion } from "../describe";
import { ShapeError } from "../errors";
import { type Buffer, kernels } from "../kernels";
import { checkShape, show, sizeOf } from "./shape";
import type { NestedArray, Shape, ShapeOf } from "./shape-types";
import { type SavedTensor, Tensor } from "./tensor";

/**
 * A tensor of the given numbers: nested arrays, or a flat array with a shape. What `JSON.stringify` and
 * `structuredClone` make of a tensor, `{ shape, data }`, becomes the same tensor again.
 *
 * @throws TypeError if the data is not numbers; ShapeError if nested arrays are ragged or do not fill the shape
 * @example
 * ```ts
 * import { tensor } from "transformer-blocks";
 * tensor([1, 2, 3, 4], [2, 2]).toArray(); // [[1, 2], [3, 4]]
 * tensor(JSON.parse(JSON.stringify(tensor([1, 2])))).toArray(); // [1, 2]
 * ```
 */
export function tensor<const S extends Shape>(data: NestedArray | Float32Array, shape: S): Tensor<S>;
export function tensor<const Data extends NestedArray | Float32Array>(data: Data): Tensor<ShapeOf<Data>>;
export function tensor<S extends Shape>(saved: SavedTensor<S>): Tensor<S>;
export function tensor(data: NestedArray | Float32Array | SavedTensor, shape?: Shape, ...more: unknown[]): Tensor {
  refuseMore("tensor", more);
  if (shape !== undefined) checkShape("tensor", shape);
  if (isSaved(data)) return restored(data, shape);
  if (typeof data === "object" && !Array.isArray(data) && !(data instanceof Float32Array))
    throw wrongKind("tensor", "data", "a number, nested arrays of numbers or a Float32Array", data);
  return filledWith(data, shape);
}

function filledWith(data: NestedArray | Float32Array, shape: Shape | undefined): Tensor {
  const spelled = data instanceof Float32Array ? [data.length] : spelledShape(data);
  const wanted = shape ?? spelled;
  if (sizeOf(wanted) !== sizeOf(spelled))
    throw new ShapeError(`tensor: ${sizeOf(spelled)} numbers do not fill the shape ${show(wanted)}`);
  return new Tensor(wanted, data instanceof Float32Array ? data.slice() : flatten(data, spelled));
}

function isSaved(value: unknown): value is SavedTensor {
  return (
    typeof value === "object" && value !== null && "shape" in value && "data" in value && !(value instanceof Tensor)
  );
}

/** How `toJSON` writes numbers that JSON cannot express. */
const numbers: Readonly<Record<string, number>> = {
  NaN: Number.NaN,
  Infinity: Number.POSITIVE_INFINITY,
  "-Infinity": Number.NEGATIVE_INFINITY,
  "-0": -0,
};

function restored({ shape, data }: SavedTensor, other: Shape | undefined): Tensor {
  if (other !== undefined) throw new TypeError("tensor: a saved tensor has a shape; omit the second argument");
  checkShape("tensor", shape);
  if (data instanceof Float32Array) return filledWith(data, shape);
  if (!Array.isArray(data)) throw wrongKind("tensor", "data", "an array of numbers or a Float32Array", data);
  const parsed = Array.from(data, (x: unknown) =>
    typeof x === "string" && Object.hasOwn(numbers, x) ? numbers[x] : x,
  );
  return filledWith(parsed as NestedArray, shape);
}

/** The shape of nested arrays, read along their first elements. */
function spelledShape(data: NestedArray): number[] {
  const shape: number[] = [];
  let level: NestedArray | undefined = data;
  while (isList(level)) {
    if (shape.length === DEEPEST) throw new ShapeError(`tensor: data is nested more than ${DEEPEST} deep`);
    shape.push(level.length);
    level = level[0];
  }
  return shape;
}

/** Stops at an array that contains itself: no real shape is this deep. */
const DEEPEST = 64;

function flatten(data: NestedArray, shape: Shape): Float32Array {
  expectFull(data, shape, []);
  const numbers = new Float32Array(sizeOf(shape));
  let next = 0;
  const visit = (value: NestedArray): void => {
    if (isList(value)) for (const element of value) visit(element);
    else numbers[next++] = value;
  };
  visit(data);
  return numbers;
}

/** Throws unless the nested arrays match the shape and hold numbers at the innermost level. */
function expectFull(value: NestedArray, shape: Shape, index: readonly number[]): void {
  const place = (at: readonly number[]) => `data${at.map((i) => `[${i}]`).join("")}`;
  const isNumber = typeof value === "number";
  if (!isNumber && !isList(value))
    throw new TypeError(
      `tensor: ${place(index)} is ${describe(value)}, not a number${conversion("number or array", value)}`,
    );
  const wanted = shape[index.length];
  const length = isNumber ? undefined : value.length;
  if (length !== wanted)
    throw new ShapeError(
      `tensor: ${place(index.map(() => 0))} is ${kindOf(wanted)}, but ${place(index)} is ${kindOf(length)}`,
    );
  if (!isNumber) for (const [i, element] of value.entries()) expectFull(element, shape, [...index, i]);
}

const kindOf = (length?: number) => (length === undefined ? "a number" : `an array of ${length}`);

const isList = (value: NestedArray | undefined): value is readonly NestedArray[] => Array.isArray(value);

/**
 * A tensor of zeros.
 *
 * @throws RangeError for a shape of too many elements, or if out of memory
 * @example
 * ```ts
 * import { zeros } from "transformer-blocks";
 * zeros([2]).toArray(); // [0, 0]
 * ```
 */
export function zeros<const S extends Shape>(shape: S): Tensor<S>;
export function zeros(shape: Shape, ...more: unknown[]): Tensor {
  return filled("zeros", shape, 0, more);
}

/**
 * A tensor of ones.
 *
 * @throws RangeError for a shape of too many elements, or if out of memory
 * @example
 * ```ts
 * import { ones } from "transformer-blocks";
 * ones([2]).toArray(); // [1, 1]
 * ```
 */
export function ones<const S extends Shape>(shape: S): Tensor<S>;
export function ones(shape: Shape, ...more: unknown[]): Tensor {
  return filled("ones", shape, 1, more);
}

/**
 * A tensor whose elements are all the same number.
 *
 * @throws RangeError for a shape of too many elements, or if out of memory
 * @example
 * ```ts
 * import { full } from "transformer-blocks";
 * full([2], 7).toArray(); // [7, 7]
 * ```
 */
export function full<const S extends Shape>(shape: S, value: number): Tensor<S>;
export function full(shape: Shape, value: number, ...more: unknown[]): Tensor {
  if (typeof value !== "number") throw wrongKind("full", "value", "a number", value);
  return filled("full", shape, value, more);
}

function filled(operation: string, shape: Shape, value: number, more: readonly unknown[]): Tensor {
  refuseMore(operation, more);
  checkShape(operation, shape);
  return new Tensor(shape, filledBuffer(operation, shape, value));
}

/** A buffer of one number. @throws RangeError if out of memory */
export function filledBuffer(operation: string, shape: Shape, value: number): Buffer {
  try {
    return kernels().fill(sizeOf(shape), value);
  } catch (cause) {
    throw new RangeError(`${operation}: out of memory for shape ${show(shape)}`, { cause });
  }
}
