// Over 200 lines: one class, whose parts share private state.
import { type Check, expectFunction, oneOf, wrongKind } from "../checks";
import { type Kind, kindNamed } from "../describe";
import { ShapeError } from "../errors";
import {
  type Activations,
  type Buffer,
  type DeviceBuffer,
  kernels,
  type Quantized,
  type QuantizedCells,
  type QuantizedFormat,
} from "../kernels";
import { BLOCK, dequantize, dequantizeRows, quantize } from "../kernels/internal";
import { nameNow } from "./naming";
import { printTensor } from "./print";
import type { Random } from "./random";
import { checkShape, show } from "./shape";
import type { Shape } from "./shape-types";
import { elsewhereOf, holdElsewhere, holdHere, quantizedOf } from "./storage";
import { Tensor } from "./tensor";

/** Classes cannot declare a getter of this name literally. */
const CONSTRUCTOR = "constructor";

/** Checks the name of a format of quantized weights. */
export const quantizedFormat: Check = /* @__PURE__ */ oneOf(["q8", "q4"] satisfies QuantizedFormat[]);
/** Checks how what meets quantized weights is rounded. */
export const roundedActivations: Check = /* @__PURE__ */ oneOf([8, 12, "float32"] satisfies Activations[]);

/** How a parameter gets its first values. */
export type Initial = (random: Random, shape: Shape) => Float32Array;

/**
 * A tensor that a model learns. The constructor declares its shape and initial distribution and allocates nothing;
 * `initialize` or a checkpoint gives it values, and an optimizer updates them.
 */
export class Parameter<const S extends Shape = Shape> extends Tensor<S> {
  readonly #initial: Initial;
  #hasValues = false;
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
    return this.#hasValues;
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
   * Memory for its values, and the function that makes what was written there its values; undefined if they are on a
   * device.
   *
   * @internal
   */
  room(): { values: Float32Array; hold: () => void } | undefined {
    const values = this.#withPath(() => kernels().room(this.size));
    return values instanceof Float32Array ? { values, hold: () => this.#hold(values, undefined) } : undefined;
  }

  /**
   * Stores these numbers, or its current values, in 8 or 4 bits each, for inference.
   *
   * @param activations how what is multiplied by them is rounded; chosen by the kernels if omitted
   * @throws RangeError for an unknown format; ShapeError unless it is a matrix whose rows are whole blocks of 32
   */
  quantize(format: QuantizedFormat, values?: Float32Array, activations?: Activations): void {
    this.prepareQuantized(format, values, activations)();
  }

  /** Like `prepare`, in 8 or 4 bits each. */
  prepareQuantized(format: QuantizedFormat, values?: Float32Array, activations?: Activations): () => void {
    quantizedFormat("quantize", "format", format);
    if (activations !== undefined) roundedActivations("quantize", "activations", activations);
    const [rows, columns] = this.shape;
    if (this.rank !== 2 || columns! % BLOCK !== 0)
      throw new ShapeError(
        `quantize: parameter ${this.describe()}: only a matrix whose rows are blocks of ${BLOCK} can be quantized`,
      );
    if (values !== undefined) this.#expectValues("quantize", values);
    const kept = this.#withPath(() => {
      const given = values === undefined ? this.buffer : kernels().upload(values);
      return kernels().keepQuantized(kernels().run(quantize, given, rows!, columns!, format, activations));
    });
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
    this.#hasValues = values !== undefined || quantized !== undefined;
    Object.defineProperty(this, "quantized", {
      value: quantized,
      enumerable: quantized !== undefined,
      configurable: true,
    });
    if (values instanceof Float32Array) holdHere(this, { value: values, enumerable: true, configurable: true });
    else if (values !== undefined) holdElsewhere(this, { device: values.device, buffer: () => values });
    else if (quantized !== undefined && "device" in quantized)
      holdElsewhere(this, { device: quantized.device, buffer: () => dequantizedThere(this) });
    else holdHere(this, unkept);
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
    const there = elsewhereOf(this);
    if (there !== undefined)
      return `${name}${quantized ? ` ${quantized.format}` : ""} ${show(this.shape)} on ${there.device}`;
    if (quantized === undefined || "device" in quantized) return printTensor(name, this.shape, (i) => this.data[i]!);
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
    const { quantized } = this;
    if (quantized !== undefined && "cells" in quantized) return dequantizeRows(quantized);
    throw new Error(
      `parameter ${this.describe()} has no values: call initialize(model, { seed }) or load a checkpoint. ` +
        "If you called it, it did not find this parameter: modules and parameters must be public fields",
    );
  },
  enumerable: false,
  configurable: true,
};

/** The float32 numbers of a matrix that is quantized on a device. */
const dequantizedThere = (x: Parameter): DeviceBuffer => kernels().run(dequantize, quantizedOf(x)!) as DeviceBuffer;

/** Reads single numbers, a row at a time. */
function rowReader(matrix: QuantizedCells): (index: number) => number {
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
