import { ShapeError } from "../errors";
import type { Buffer, Quantized } from "../kernels";
import { checkShape, show, sizeOf } from "./shape";
import type { NestedArray, Shape, ShapeOf } from "./shape-types";

/**
 * An immutable value: a shape and contiguous float32 numbers, the last axis fastest.
 *
 * `S` is a tuple of the axes' sizes. Where sizes are literally known the compiler checks them; `Tensor` alone stands for
 * any shape, and the same rules are checked at run time. Results live on the JavaScript heap and need no disposal.
 *
 * @example
 * ```ts
 * import { tensor } from "transformer-blocks";
 * const x = tensor([[1, 2, 3], [4, 5, 6]]);
 * x.shape;     // [2, 3]
 * x.toArray(); // [[1, 2, 3], [4, 5, 6]]
 * ```
 */
export class Tensor<S extends Shape = Shape> {
  readonly shape: S;
  readonly #buffer: Buffer | undefined;

  /**
   * Wraps a buffer that belongs to no one else. `tensor` copies and checks; this is for operations.
   *
   * @throws ShapeError if the buffer does not have as many numbers as the shape
   */
  constructor(shape: S, buffer: Buffer | undefined) {
    // A copy that stays as it is: kernels trust that the buffer has what the shape says.
    this.shape = Object.freeze(shape.slice()) as Shape as S;
    if (buffer !== undefined && buffer.length !== sizeOf(shape)) throw misfit(shape, buffer);
    this.#buffer = buffer;
  }

  /** The storage that kernels work on. */
  get buffer(): Buffer {
    const buffer = this.#buffer!;
    // A buffer that was transferred has no numbers left, and kernels would read what lies behind it.
    if (buffer.length === 0 && this.size > 0)
      throw new TypeError(
        `Tensor ${this.describe()}: its numbers were transferred to someone else; transfer a copy, data.slice()`,
      );
    return buffer;
  }

  /** The numbers in 8 or 4 bits, if that is how they are kept: a parameter's may be. */
  get quantized(): Quantized | undefined {
    return undefined;
  }

  /** The numbers, row-major. They belong to the tensor, a parameter's lie in shared memory: read them, `slice()` copies. */
  get data(): Float32Array {
    return this.buffer;
  }

  /** The numbers, wherever they are kept. */
  async read(): Promise<Float32Array> {
    return this.data;
  }

  /** The number of axes. */
  get rank(): number {
    return this.shape.length;
  }

  /** The number of elements. */
  get size(): number {
    return sizeOf(this.shape);
  }

  /** The only number of a tensor with one element. @throws ShapeError if it has more or none. */
  item(): number {
    if (this.size !== 1) throw new ShapeError(`item: the shape ${show(this.shape)} has ${this.size} elements, not one`);
    return this.data[0]!;
  }

  /** The numbers as nested arrays; a tensor of rank 0 gives a number. */
  toArray(): NestedArray {
    const nest = (axis: number, start: number, length: number): NestedArray => {
      if (axis === this.rank) return this.data[start]!;
      const size = this.shape[axis]!;
      return Array.from({ length: size }, (_, i) => nest(axis + 1, start + (i * length) / size, length / size));
    };
    return nest(0, 0, this.size);
  }

  /** How messages call it: by its shape, and a parameter by its path as well. */
  describe(): string {
    return show(this.shape);
  }
}

function misfit(shape: Shape, buffer: Buffer): ShapeError {
  return new ShapeError(`Tensor: a buffer of ${buffer.length} numbers does not fill the shape ${show(shape)}`);
}

/**
 * A tensor of the given numbers, nested as deep as it has axes, or flat with a shape.
 *
 * @throws TypeError if the data is not numbers; ShapeError if nested arrays are ragged or the shape does not hold them.
 * @example
 * ```ts
 * import { tensor } from "transformer-blocks";
 * tensor([1, 2, 3, 4], [2, 2]).toArray(); // [[1, 2], [3, 4]]
 * ```
 */
export function tensor<const S extends Shape>(data: NestedArray | Float32Array, shape: S): Tensor<S>;
export function tensor<const Data extends NestedArray | Float32Array>(data: Data): Tensor<ShapeOf<Data>>;
export function tensor(data: NestedArray | Float32Array, shape?: Shape): Tensor {
  if (shape !== undefined) checkShape("tensor", shape);
  const spelled = data instanceof Float32Array ? [data.length] : spelledShape(data);
  const wanted = shape ?? spelled;
  if (sizeOf(wanted) !== sizeOf(spelled))
    throw new ShapeError(`tensor: ${sizeOf(spelled)} numbers do not fill the shape ${show(wanted)}`);
  return new Tensor(wanted, data instanceof Float32Array ? data.slice() : flatten(data, spelled));
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

/** An array that holds itself has no end: no real shape is as deep. */
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

/** Throws unless every array has the length that the shape has for its depth, and every number lies at its bottom. */
function expectFull(value: NestedArray, shape: Shape, index: readonly number[]): void {
  const place = () => `data${index.map((i) => `[${i}]`).join("")}`;
  const wanted = shape[index.length];
  if (isList(value)) {
    if (value.length !== wanted)
      throw new ShapeError(
        `tensor: ${place()} has ${value.length} elements where data of shape ${show(shape)} has ${wanted ?? "a number"}`,
      );
    for (const [i, element] of value.entries()) expectFull(element, shape, [...index, i]);
    return;
  }
  if (typeof value !== "number") throw new TypeError(`tensor: ${place()} is ${describe(value)}, not a number`);
  if (wanted !== undefined)
    throw new ShapeError(`tensor: ${place()} is a number where data of shape ${show(shape)} has an array`);
}

const isList = (value: NestedArray | undefined): value is readonly NestedArray[] => Array.isArray(value);

/** What a wrong value is, for messages. */
export function describe(value: unknown): string {
  return value === null
    ? "null"
    : Array.isArray(value)
      ? "an array"
      : typeof value === "object"
        ? "an object"
        : typeof value;
}

/** A tensor of zeros. */
export function zeros<const S extends Shape>(shape: S): Tensor<S> {
  return filled("zeros", shape, 0);
}

/** A tensor of ones. */
export function ones<const S extends Shape>(shape: S): Tensor<S> {
  return filled("ones", shape, 1);
}

/** A tensor of one number. */
export function full<const S extends Shape>(shape: S, value: number): Tensor<S> {
  return filled("full", shape, value);
}

function filled<const S extends Shape>(operation: string, shape: S, value: number): Tensor<S> {
  checkShape(operation, shape);
  return new Tensor(shape, new Float32Array(sizeOf(shape)).fill(value));
}

/** Throws unless the value is a tensor. */
export function expectTensor(operation: string, argument: string, value: unknown): asserts value is Tensor {
  if (!(value instanceof Tensor))
    throw new TypeError(
      `${operation}: ${argument} must be a Tensor, not ${describe(value)}; tensor(…) makes one of an array`,
    );
}
