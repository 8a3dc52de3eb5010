// Over 200 lines: one class, whose parts share private state.
import { expectFunction, wrongKind } from "../checks";
import { type Kind, kindNamed } from "../describe";
import { ShapeError } from "../errors";
import { type Buffer, type DeviceBuffer, kernels, type Quantized } from "../kernels";
import { nameNow } from "./naming";
import { printTensor } from "./print";
import type { Random } from "./random";
import { forget } from "./remembered";
import { checkShape, show } from "./shape";
import type { Shape } from "./shape-types";
import { elsewhereOf, holdElsewhere, holdHere, onQuantized, quantizedOf } from "./storage";
import { Tensor } from "./tensor";

/** Classes cannot declare a getter of this name literally. */
const CONSTRUCTOR = "constructor";

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
    expectValues("assign", this, values);
    const kept = withPath(this, () => kernels().keep(values));
    return () => this.#hold(kept, undefined);
  }

  /**
   * Memory for its values, and the function that makes what was written there its values; undefined if they are on a
   * device.
   *
   * @internal
   */
  room(): { values: Float32Array; hold: () => void } | undefined {
    const values = withPath(this, () => kernels().room(this.size));
    return values instanceof Float32Array ? { values, hold: () => this.#hold(values, undefined) } : undefined;
  }

  /**
   * Makes a quantized matrix its values.
   *
   * @internal
   */
  holdQuantized(values: Quantized): void {
    this.#hold(undefined, values);
  }

  /**
   * Its values are the visible own property `data` or `quantized`, so that equality assertions and consoles see them.
   * Without values it has neither.
   */
  #hold(values: Buffer | undefined, quantized: Quantized | undefined): void {
    forget();
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

  override toString(): string {
    const { quantized } = this;
    const name = `Parameter${this.path === "" ? "" : ` ${this.path}`}`;
    if (!this.hasValues) return `${name} ${show(this.shape)} without values`;
    const there = elsewhereOf(this);
    if (there !== undefined)
      return `${name}${quantized ? ` ${quantized.format}` : ""} ${show(this.shape)} on ${there.device}`;
    return printTensor(quantized ? `${name} ${quantized.format}` : name, this.shape, rowReader(this));
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
    if (quantized !== undefined) return onQuantized().rows(quantized);
    throw new Error(
      `parameter ${this.describe()} has no values: call initialize(model, { seed }) or load a checkpoint. ` +
        "If you called it, it did not find this parameter: modules and parameters must be public fields",
    );
  },
  enumerable: false,
  configurable: true,
};

/** The float32 numbers of a matrix that is quantized on a device. */
const dequantizedThere = (x: Parameter): DeviceBuffer => onQuantized().rows(quantizedOf(x)!) as DeviceBuffer;

/** Reads single numbers; quantized ones a row at a time. */
function rowReader(parameter: Parameter): (index: number) => number {
  const { quantized } = parameter;
  if (quantized === undefined) return (index) => parameter.data[index]!;
  let last = -1;
  let numbers: Buffer = new Float32Array();
  return (index) => {
    const row = Math.floor(index / quantized.columns);
    if (row !== last) numbers = onQuantized().rows(quantized, Int32Array.of(row));
    last = row;
    return (numbers as Float32Array)[index % quantized.columns]!;
  };
}

/** @throws TypeError or ShapeError unless these are numbers for all of the parameter's elements */
export function expectValues(operation: string, parameter: Parameter, values: unknown): asserts values is Float32Array {
  const name = `parameter ${parameter.describe()}`;
  if (!(values instanceof Float32Array)) throw wrongKind(operation, `values of ${name}`, "a Float32Array", values);
  if (values.length !== parameter.size)
    throw new ShapeError(`${operation}: ${name}: ${values.length} numbers do not fill the shape`);
}

/** Adds the parameter's path to an out-of-memory error. */
export function withPath<Result>(parameter: Parameter, take: () => Result): Result {
  try {
    return take();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new RangeError(`parameter ${parameter.describe()}: ${error.message}`, { cause: error });
  }
}

/** Makes all changes, or none if one of them cannot be prepared. */
export function commitAll(changes: readonly (() => () => void)[]): void {
  const prepared = changes.map((prepare) => prepare());
  for (const commit of prepared) commit();
}
