import { type Check, expectFunction, oneOf, wrongKind } from "../checks";
import { type Kind, kindNamed } from "../describe";
import { ShapeError } from "../errors";
import { type Buffer, kernels, type Quantized, type QuantizedFormat } from "../kernels";
import { BLOCK, dequantizeRows, quantizeRows } from "../kernels/internal";
import { nameNow } from "./naming";
import { printTensor } from "./print";
import type { Random } from "./random";
import { checkShape, show } from "./shape";
import type { Shape } from "./shape-types";
import { Tensor } from "./tensor";

/** Classes cannot declare a getter of this name literally. */
const CONSTRUCTOR = "constructor";

/** Checks the name of a format of quantized weights. */
export const quantizedFormat: Check = /* @__PURE__ */ oneOf(["q8", "q4"] satisfies QuantizedFormat[]);

/** How a parameter gets its first values. */
export type Initial = (random: Random, shape: Shape) => Float32Array;

/**
 * A tensor that a model learns. The constructor declares its shape and initial distribution and allocates nothing;
 * `initialize` or a checkpoint gives it values, and an optimizer updates them.
 */
export class Parameter<const S extends Shape = Shape> extends Tensor<S> {
  readonly #initial: Initial;
  #path = "";

  constructor(shape: S, initial: Initial) {
    checkShape("Parameter", shape);
    expectFunction("Parameter", "initial", initial);
    super(shape, undefined);
    this.#initial = initial;
    this.#hold(undefined, undefined);
  }

  /**
   * Tensor's constructor, because `toEqual` of vitest and jest compares the constructors of iterables: a parameter
   * equals a tensor of the same numbers.
   */
  override get [CONSTRUCTOR](): typeof Tensor {
    return Tensor;
  }

  get initial(): Initial {
    return this.#initial;
  }

  /** Its path in the outermost module that contains it: field names joined by dots. */
  get path(): string {
    nameNow();
    return this.#path;
  }

  set path(path: string) {
    this.#path = path;
  }

  override get hasValues(): boolean {
    return this.quantized !== undefined || Object.hasOwn(Object.getOwnPropertyDescriptor(this, "data")!, "value");
  }

  /** Copies these numbers to its values. @throws ShapeError if their count differs; RangeError if out of memory */
  assign(values: Float32Array): void {
    this.prepare(values)();
  }

  /** Copies these numbers to new memory. The function that it returns makes them the parameter's values. */
  prepare(values: Float32Array): () => void {
    this.#expectValues("assign", values);
    const kept = this.#withPath(() => kernels().keep(values));
    return () => this.#hold(kept, undefined);
  }

  /**
   * Stores these numbers, or its current values, in 8 or 4 bits each, for inference.
   *
   * @throws RangeError for an unknown format; ShapeError unless it is a matrix whose rows are whole blocks of 32
   */
  quantize(format: QuantizedFormat, values: Float32Array = this.data): void {
    this.prepareQuantized(format, values)();
  }

  /** Like `prepare`, in 8 or 4 bits each. */
  prepareQuantized(format: QuantizedFormat, values: Float32Array = this.data): () => void {
    quantizedFormat("quantize", "format", format);
    const [rows, columns] = this.shape;
    if (this.rank !== 2 || columns! % BLOCK !== 0)
      throw new ShapeError(
        `quantize: parameter ${this.describe()}: only a matrix whose rows are blocks of ${BLOCK} can be quantized`,
      );
    this.#expectValues("quantize", values);
    const kept = this.#withPath(() => kernels().keepQuantized(quantizeRows(values, rows!, columns!, format)));
    return () => this.#hold(undefined, kept);
  }

  #expectValues(operation: string, values: unknown): void {
    if (!(values instanceof Float32Array))
      throw wrongKind(operation, `values of parameter ${this.describe()}`, "a Float32Array", values);
    if (values.length !== this.size)
      throw new ShapeError(
        `${operation}: parameter ${this.describe()}: ${values.length} numbers do not fill the shape`,
      );
  }

  /**
   * Its values are the visible own property `data` or `quantized`, so that equality assertions and consoles see them.
   * Without values it has neither.
   */
  #hold(values: Buffer | undefined, quantized: Quantized | undefined): void {
    Object.defineProperties(this, {
      data: values === undefined ? unkept : { value: values, enumerable: true, configurable: true },
      quantized: { value: quantized, enumerable: quantized !== undefined, configurable: true },
    });
  }

  /** Adds the parameter's path to an out-of-memory error. */
  #withPath<Result>(take: () => Result): Result {
    try {
      return take();
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      throw new RangeError(`parameter ${this.describe()}: ${error.message}`, { cause: error });
    }
  }

  override toString(): string {
    const { quantized } = this;
    const name = `Parameter${this.path === "" ? "" : ` ${this.path}`}`;
    if (!this.hasValues) return `${name} ${show(this.shape)} without values`;
    if (quantized === undefined) return printTensor(name, this.shape, (i) => this.data[i]!);
    return printTensor(`${name} ${quantized.format}`, this.shape, rowReader(quantized));
  }

  /** `blocks.0.attention.query.weight [64, 64]` */
  override describe(): string {
    return this.path === "" ? show(this.shape) : `${this.path} ${show(this.shape)}`;
  }

  get [Symbol.for("transformer-blocks.kind")](): Kind {
    return kindNamed("Parameter");
  }
}

/** `data` without float32 values: a new copy of the quantized ones, or an error that says what to do. */
const unkept: PropertyDescriptor = {
  get(this: Parameter): Buffer {
    if (this.quantized !== undefined) return dequantizeRows(this.quantized);
    throw new Error(
      `parameter ${this.describe()} has no values: call initialize(model, { seed }) or load a checkpoint. ` +
        "If you called it, it did not find this parameter: modules and parameters must be public fields",
    );
  },
  enumerable: false,
  configurable: true,
};

/** Reads single numbers, a row at a time. */
function rowReader(matrix: Quantized): (index: number) => number {
  let last = -1;
  let numbers: Float32Array = new Float32Array();
  return (index) => {
    const row = Math.floor(index / matrix.columns);
    if (row !== last) numbers = dequantizeRows(matrix, Int32Array.of(row));
    last = row;
    return numbers[index % matrix.columns]!;
  };
}

/** Makes all changes, or none if one of them cannot be prepared. */
export function commitAll(changes: readonly (() => () => void)[]): void {
  const prepared = changes.map((prepare) => prepare());
  for (const commit of prepared) commit();
}
