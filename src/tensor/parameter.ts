import { ShapeError } from "../errors";
import {
  BLOCK,
  type Buffer,
  dequantizeRows,
  kernels,
  type Quantized,
  type QuantizedFormat,
  quantizeRows,
} from "../kernels";
import type { Random } from "./random";
import { checkShape, show, sizeOf } from "./shape";
import type { Shape } from "./shape-types";
import { Tensor } from "./tensor";

const formats: readonly string[] = ["q8", "q4"] satisfies QuantizedFormat[];

/** @throws RangeError unless it names a format */
export function expectFormat(operation: string, format: unknown): asserts format is QuantizedFormat {
  if (typeof format !== "string" || !formats.includes(format))
    throw new RangeError(`${operation}: weights can be ${formats.join(" or ")}, not ${String(format)}`);
}

/** How a parameter gets its first values. */
export type Initial = (random: Random, shape: Shape) => Float32Array;

/**
 * A tensor that a model learns. Constructing declares its shape and initial distribution and allocates nothing;
 * `initialize` or a checkpoint gives it values, and an optimizer changes them.
 */
export class Parameter<const S extends Shape = Shape> extends Tensor<S> {
  readonly initial: Initial;
  /** The names of the fields that lead to it from its model, as far as a walk over the model has shown. */
  path = "";
  #values: Buffer | undefined;
  #quantized: Quantized | undefined;

  constructor(shape: S, initial: Initial) {
    checkShape("Parameter", shape);
    super(shape, undefined);
    this.initial = initial;
  }

  get hasValues(): boolean {
    return this.#values !== undefined || this.#quantized !== undefined;
  }

  override get quantized(): Quantized | undefined {
    return this.#quantized;
  }

  /** Its values; where they are quantized, a new copy in float32 each time. */
  override get buffer(): Buffer {
    if (this.#quantized !== undefined) return dequantizeRows(this.#quantized);
    if (this.#values === undefined)
      throw new Error(
        `parameter ${this.describe()} has no values: call initialize(model, { seed }) or load a checkpoint. If you did, the model does not list it: keep modules and parameters in public fields`,
      );
    return this.#values;
  }

  /** Copies these numbers to its values. @throws ShapeError if there are too many or too few; RangeError without memory for them */
  assign(values: Float32Array): void {
    this.prepare(values)();
  }

  /** Takes memory for these numbers and copies them there. What it gives makes them the parameter's values. */
  prepare(values: Float32Array): () => void {
    if (values.length !== sizeOf(this.shape))
      throw new ShapeError(`parameter ${this.describe()}: ${values.length} numbers do not fill it`);
    const kept = this.#withPath(() => kernels().keep(values));
    return () => {
      this.#values = kept;
      this.#quantized = undefined;
    };
  }

  /**
   * Takes these numbers, or those it has, in 8 or 4 bits each: for inference.
   *
   * @throws RangeError unless it names a format; ShapeError unless it is a matrix whose rows are whole blocks of 32
   */
  quantize(format: QuantizedFormat, values: Float32Array = this.buffer): void {
    this.prepareQuantized(format, values)();
  }

  /** As `prepare`, in 8 or 4 bits each. */
  prepareQuantized(format: QuantizedFormat, values: Float32Array = this.buffer): () => void {
    expectFormat("quantize", format);
    const [rows, columns] = this.shape;
    if (this.rank !== 2 || columns! % BLOCK !== 0)
      throw new ShapeError(
        `parameter ${this.describe()}: only a matrix whose rows are blocks of ${BLOCK} can be quantized`,
      );
    if (values.length !== sizeOf(this.shape))
      throw new ShapeError(`parameter ${this.describe()}: ${values.length} numbers do not fill it`);
    const kept = this.#withPath(() => kernels().keepQuantized(quantizeRows(values, rows!, columns!, format)));
    return () => {
      this.#quantized = kept;
      this.#values = undefined;
    };
  }

  /** Says which parameter wanted memory that could not be had. */
  #withPath<Result>(take: () => Result): Result {
    try {
      return take();
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      throw new RangeError(`parameter ${this.describe()}: ${error.message}`, { cause: error });
    }
  }

  /** `blocks.0.attention.query.weight [64, 64]` */
  override describe(): string {
    return this.path === "" ? show(this.shape) : `${this.path} ${show(this.shape)}`;
  }
}

/** Makes several changes or, if one of them cannot be prepared, none. */
export function commitAll(changes: readonly (() => () => void)[]): void {
  const prepared = changes.map((prepare) => prepare());
  for (const commit of prepared) commit();
}

/** Initial distributions. */
export const initials = {
  zeros: (): Initial => (_, shape) => new Float32Array(sizeOf(shape)),
  ones: (): Initial => (_, shape) => new Float32Array(sizeOf(shape)).fill(1),
  /** N(0, deviation²) */
  normal:
    (deviation: number): Initial =>
    (random, shape) =>
      random.normal(sizeOf(shape)).map((x) => x * deviation),
  /** Uniform between −bound and bound. */
  uniform:
    (bound: number): Initial =>
    (random, shape) =>
      random.uniform(sizeOf(shape)).map((x) => (2 * x - 1) * bound),
};
