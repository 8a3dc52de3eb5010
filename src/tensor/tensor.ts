import { wrongKind } from "../checks";
import { type Kind, kindNamed } from "../describe";
import { ShapeError } from "../errors";
import { type Buffer, kernels, type Quantized } from "../kernels";
import { device, readView } from "../kernels/internal";
import { nest } from "./nest";
import { printTensor } from "./print";
import { checkShape, show, sizeOf } from "./shape";
import type { NestedArray, RowShape, Shape } from "./shape-types";
import { changed, elsewhereOf, holdElsewhere, holdHere, notHeld, numbersOf } from "./storage";

declare const ofRank: unique symbol;

/**
 * A tensor of some rank, or one whose rank the compiler does not know: then only the rules at run time decide. A tensor of
 * another known rank does not compile.
 */
export type RankedTensor<S extends Shape> =
  | Tensor<S>
  // Without a shape, so that the rank that is asked for decides what a call in its place gives.
  | (Pick<Tensor, "buffer" | "data" | "item" | "read"> & {
      /** Not there. A property, unlike a method, takes no function of a narrower number: a tensor of known rank does not fit. */
      readonly [ofRank]?: ((rank: number) => void) | undefined;
    });

/**
 * An immutable value: a shape and contiguous float32 numbers, the last axis fastest.
 *
 * `S` is a tuple of the axes' sizes. The compiler checks sizes that it knows; `Tensor` without a shape means any shape.
 * The same rules are checked at run time. Results are on the JavaScript heap and need no disposal.
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
  /**
   * The numbers, row-major. They are owned by the tensor; a parameter's are in shared memory. Do not write to them:
   * `slice()` copies. An own property, like the shape, so that equality assertions, `structuredClone` and consoles see
   * both.
   *
   * @throws TypeError if they are not in JavaScript's memory but on a device; `await tensor.read()` gets them
   */
  declare readonly data: Float32Array;

  /**
   * Wraps a buffer without a copy and takes ownership of it. It is for operations; use `tensor` elsewhere. If the
   * current kernels work elsewhere, the numbers of a Float32Array go there: this is the way in for all numbers.
   *
   * @param buffer omitted by subclasses that store the numbers themselves
   * @throws TypeError unless they are a shape and a buffer; ShapeError unless the buffer fills the shape
   */
  constructor(shape: S, buffer: Buffer | undefined) {
    if (buffer !== undefined || new.target === Tensor) expectFilled(shape, buffer);
    // A copy, so that the caller cannot change it. Not frozen: engines read frozen arrays five times slower, and
    // `buffer` checks.
    this.shape = [...shape] as Shape as S;
    const held = device !== undefined && buffer instanceof Float32Array ? device.upload(buffer) : buffer;
    if (held instanceof Float32Array) this.data = held;
    else if (held !== undefined) holdElsewhere(this, { device: held.device, buffer: () => held });
  }

  /**
   * The storage that kernels work on.
   *
   * @throws ShapeError if it no longer fills the shape because either was changed; TypeError if the current kernels
   * cannot work on it
   */
  get buffer(): Buffer {
    const { data } = this;
    // A transferred buffer is empty, and kernels would read past its end.
    if (data.length !== sizeOf(this.shape)) throw changed(this, data.length);
    if (device !== undefined && !device.holds(data)) throw notHeld(this);
    return data;
  }

  /** Whether it has values: a parameter may have none yet. */
  get hasValues(): boolean {
    return true;
  }

  /** The quantized values of a parameter, if it is quantized. */
  get quantized(): Quantized | undefined {
    return undefined;
  }

  /** The numbers, wherever they are stored. On the CPU it is `data`; elsewhere, a copy. */
  async read(): Promise<Float32Array> {
    return elsewhereOf(this)?.buffer().read() ?? numbersOf(this);
  }

  /** Not there: by this the compiler tells tensors of known rank from others; see `RankedTensor`. */
  [ofRank]?(rank: S["length"]): void;

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
    return numbersOf(this)[0]!;
  }

  /** The numbers as nested arrays; a tensor of rank 0 gives a number. */
  toArray(): NestedArray {
    return nest(numbersOf(this), this.shape);
  }

  /**
   * Its rows, the tensors along the first axis, copied: `for (const row of x)`, `[...x]`. A tensor of rank 0, and a
   * parameter without values, are not iterable. Gradients flow through rows.
   */
  get [Symbol.iterator](): () => IterableIterator<Tensor<RowShape<S>>> {
    // Equality assertions iterate over whatever has this property, and must not fail on a tensor without rows.
    return (this.rank === 0 || !this.hasValues ? undefined : rows) as () => IterableIterator<Tensor<RowShape<S>>>;
  }

  /** The shape, and the numbers as NumPy prints them: only the corners of more than 1000. */
  toString(): string {
    const there = elsewhereOf(this);
    if (there !== undefined) return `Tensor ${show(this.shape)} on ${there.device}`;
    const data = numbersOf(this);
    return printTensor("Tensor", this.shape, (i) => data[i]!);
  }

  /**
   * `{ shape, data }`, from which `tensor` makes the same tensor again. Numbers that JSON cannot express are text:
   * "NaN", "Infinity", "-Infinity", "-0".
   */
  toJSON(): SavedTensor {
    return { shape: this.shape, data: Array.from(numbersOf(this), spelled) };
  }

  /** What Node and Bun print. */
  [Symbol.for("nodejs.util.inspect.custom")](depth: number): string {
    return depth < 0 ? `Tensor ${this.describe()}` : this.toString();
  }

  /** What Deno prints. */
  [Symbol.for("Deno.customInspect")](): string {
    return this.toString();
  }

  /** How messages name it: by its shape, and a parameter also by its path. */
  describe(): string {
    return show(this.shape);
  }

  /** How messages name it, also in another copy of the library. */
  get [Symbol.for("transformer-blocks.kind")](): Kind {
    return kindNamed("Tensor");
  }
}

/** A tensor whose numbers stay in JavaScript's memory: for files and states. Operations of a device refuse it. */
export function tensorHere<S extends Shape>(shape: S, numbers: Float32Array): Tensor<S> {
  const x = new Tensor(shape, numbers);
  if (device !== undefined) holdHere(x, { value: numbers, enumerable: true, configurable: true });
  return x;
}

/** Throws unless the buffer fills the shape: kernels rely on it. */
function expectFilled(shape: unknown, buffer: Buffer | undefined): void {
  checkShape("Tensor", shape);
  if (!(buffer instanceof Float32Array) && (buffer === undefined || device?.holds(buffer) !== true))
    throw wrongKind("Tensor", "buffer", "a Float32Array", buffer);
  if (buffer.length !== sizeOf(shape))
    throw new ShapeError(`Tensor: a buffer of ${buffer.length} numbers does not fill the shape ${show(shape)}`);
}

/** Called for each row that is taken while gradients are recorded. */
let recordRow: ((x: Tensor, index: number, row: Tensor) => void) | undefined;

/** Starts or stops recording rows. */
export function recordRows(record: typeof recordRow): void {
  recordRow = record;
}

function* rows(this: Tensor): IterableIterator<Tensor> {
  const [count, ...shape] = this.shape as [number, ...number[]];
  const size = sizeOf(shape);
  for (let index = 0; index < count; index++) {
    const view = { shape: [size], start: index * size, steps: [1] };
    const row = new Tensor(shape, kernels().run(readView, this.buffer, view));
    recordRow?.(this, index, row);
    yield row;
  }
}

/** What `JSON.stringify` and `structuredClone` make of a tensor. */
export interface SavedTensor<S extends Shape = Shape> {
  shape: S;
  data: Float32Array | readonly (number | string)[];
}

const spelled = (x: number): number | string => (Object.is(x, -0) ? "-0" : Number.isFinite(x) ? x : String(x));

/** Throws unless the value is a tensor. */
export function expectTensor(operation: string, argument: string, value: unknown): asserts value is Tensor {
  if (!(value instanceof Tensor))
    throw new TypeError(
      `${wrongKind(operation, argument, "a Tensor", value).message}${Array.isArray(value) ? "; convert it with tensor(…)" : ""}`,
    );
}
