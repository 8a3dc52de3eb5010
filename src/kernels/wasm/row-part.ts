import { BLOCK, FOLD } from "../quantized";
import type { RowStep, StepFactor } from "../row-program";
import { regionOf } from "./arenas";
import { bits, type Stored, takesRows, workOf } from "./placed-row";
import type { Place, Region } from "./region";
import type { Ground, Side } from "./row-ground";
import { grainOf, threadCount, type Work } from "./threads";
import { unaries } from "./unaries";

/** The numbers of kinds of steps, and the functions that they have; see assembly/decoding/steps.ts. */
const kinds: Readonly<Record<RowStep["kind"], number>> = {
  ...{ rmsNorm: 0, layerNorm: 1, unary: 2, add: 3, rotary: 4, products: 5 },
};
const functions: readonly string[] = ["relu", "gelu", "geluTanh", "silu", "sigmoid"];

/** Bytes of a step, and of what threads share. */
export const [STEP, SHARED] = [56, 16];
/** Bytes of a factor. */
const FACTOR = 16;
const STEP_WORDS = STEP / 4;

/** Whether these kernels have a step, with all of its weights where they find them. */
export const canRun = (step: RowStep): boolean =>
  step.kind === "unary"
    ? functions.includes(step.name)
    : step.kind !== "products" || step.factors.every((factor) => storedAs(factor) && homeOf(factor));

/** The memory of a weight, if it is the kernels' own. */
export const homeOf = (factor: StepFactor): Region | undefined => regionOf(numbersOf(factor));

/** How a weight is multiplied by one row; undefined for a quantized one whose row is not to be rounded so far. */
export function storedAs({ weight }: StepFactor): Stored | undefined {
  if (weight instanceof Float32Array) return "float32";
  return takesRows(weight) ? weight.format : undefined;
}

const numbersOf = ({ weight }: StepFactor): Float32Array | Uint8Array =>
  weight instanceof Float32Array ? weight : weight.cells;

/** Steps in one memory, in one call, and its work. */
export interface Part extends Work {
  readonly place: Place;
  /** Where cosines and sines go, if something turns. */
  readonly across: Float32Array | undefined;
  readonly up: Float32Array | undefined;
  /** What is copied in before it, and where to: the steps, small weights and values from other memories. */
  readonly from: readonly Float32Array[];
  readonly to: readonly Float32Array[];
  readonly args: readonly number[];
  /** The word that says whether other kernels must do this. */
  readonly integers: Int32Array;
  readonly extreme: number;
}

/** Writes the steps of a part. */
export class PartWriter {
  readonly ground: Ground;
  readonly #side: Side;
  readonly #steps: Int32Array[] = [];
  readonly #factors: number[] = [];
  readonly #from: Float32Array[] = [];
  readonly #to: Float32Array[] = [];
  #turn: readonly [number, number] | undefined;
  #angles = 0;
  #work = 0;

  constructor(ground: Ground, side: Side) {
    this.ground = ground;
    this.#side = side;
  }

  /** @returns the address of room for numbers */
  take(count: number): number {
    return this.ground.take(this.#side, 4 * count);
  }

  /** The address of numbers that are copied in before each run; 0 if there are none. */
  copied(numbers: Float32Array | undefined): number {
    if (numbers === undefined) return 0;
    const at = this.take(numbers.length);
    this.#from.push(numbers);
    this.#to.push(this.ground.view(at, numbers.length));
    return at;
  }

  /** A norm or a sum, or a function of x: y = f(x), times a factor unless its address is 0. */
  row(
    step: Exclude<RowStep, { kind: "products" | "rotary" }>,
    { x, y, size, other }: { x: number; y: number; size: number; other: number },
  ): void {
    const words = this.#step(step.kind, [x, y, other, 0, size]);
    if (step.kind === "unary") words[6] = unaries[step.name];
    else if (step.kind !== "add") {
      words[3] = this.copied(step.weight);
      words[4] = this.copied(step.bias);
      new Float64Array(words.buffer)[5] = step.epsilon;
    }
  }

  rotary({ spec }: RowStep & { kind: "rotary" }, x: number): void {
    const { heads, headDim, dimensions, interleaved } = spec;
    this.#angles = dimensions / 2;
    this.#turn ??= [this.take(this.#angles), this.take(this.#angles)];
    this.#step("rotary", [x, x, ...this.#turn, headDim, heads, this.#angles, Number(interleaved)]);
  }

  /**
   * @param factors of the same kind, all in this memory
   * @returns the addresses of their results
   */
  products(factors: readonly StepFactor[], x: number, size: number): number[] {
    const stored = storedAs(factors[0]!)!;
    const isWhole = stored === "float32";
    const vector = isWhole ? 0 : this.take(size / 2);
    const scales = isWhole ? 0 : this.take((2 * size) / BLOCK);
    // The place among all factors, to which their address is added in the end.
    const words = this.#step("products", [x, 0, vector, scales, size, bits[stored], this.#factors.length * 4]);
    let rows = 0;
    const results = factors.map((factor) => {
      const y = this.take(factor.rows);
      this.#factors.push(numbersOf(factor).byteOffset, y, this.copied(factor.bias), factor.rows);
      rows += Math.ceil(factor.rows / FOLD) * FOLD;
      return y;
    });
    const work = workOf(stored, size);
    words[8] = factors.length;
    words[9] = rows;
    // One part for each thread: the longer the streams are, the faster memory gives them.
    words[12] = grainOf({ count: rows, work, multiple: FOLD }, 1);
    this.#work += rows * work;
    return results;
  }

  #step(kind: RowStep["kind"], words: readonly number[]): Int32Array {
    const step = new Int32Array(STEP_WORDS);
    step[0] = kinds[kind];
    step.set(words, 1);
    this.#steps.push(step);
    return step;
  }

  end(): Part {
    const { ground } = this;
    const count = this.#steps.length;
    const before = (SHARED + STEP * count) / 4;
    const words = new Int32Array(before + this.#factors.length);
    const at = this.take(words.length);
    for (const [i, step] of this.#steps.entries()) {
      if (step[0] === kinds.products) step[7]! += at + 4 * before;
      words.set(step, SHARED / 4 + STEP_WORDS * i);
    }
    words.set(this.#factors, before);
    const threads = threadCount();
    const [across, up] = this.#turn?.map((address) => ground.view(address, this.#angles)) ?? [];
    return {
      ...{ count: threads, work: this.#work / threads, multiple: 1 },
      ...{ place: ground.place, across, up },
      from: [...this.#from, new Float32Array(words.buffer)],
      to: [...this.#to, ground.view(at, words.length)],
      args: [at + SHARED, count, at],
      integers: ground.region.integers,
      extreme: at / 4 + 3,
    };
  }
}

/** More bytes than a product of some factors takes, besides its step. */
export function roomForProducts(factors: readonly StepFactor[], size: number): number {
  const each = FACTOR + STEP + SHARED + 3 * size + 64;
  return factors.reduce((sum, { rows }) => sum + each + 8 * rows + 32, 0);
}
