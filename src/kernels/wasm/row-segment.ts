import { BLOCK, FOLD } from "../quantized";
import type { Angles, RowAttention, RowStep, StepFactor } from "../row-program";
import { regionOf } from "./arenas";
import { bits, workOf } from "./placed-row";
import type { Place } from "./region";
import { addRows, numbersOf, type PlacedRows, storedAs } from "./row-factors";
import type { Ground, Side } from "./row-ground";
import { dispatch, grainOf, threadCount } from "./threads";
import { unaries } from "./unaries";

/** The numbers of kinds of steps; see assembly/decoding/steps.ts. */
const kinds: Readonly<Record<RowStep["kind"] | "attention" | "copy", number>> = {
  ...{ rmsNorm: 0, layerNorm: 1, unary: 2, add: 3, rotary: 4, products: 5, attention: 6, copy: 7 },
};

/** Bytes of a step, of a factor, and of what threads share. */
export const [STEP, FACTOR, SHARED] = [56, 16, 16];
const STEP_WORDS = STEP / 4;
/** The word of what threads share that says whether other kernels must do this. */
const EXTREME = 2;

/** What is copied before or after each run. */
interface Copy {
  readonly from: Float32Array;
  readonly to: Float32Array;
}

/** Steps in one memory that follow each other, and what is copied in before them and out after them. */
export class Segment {
  readonly ground: Ground;
  readonly #steps: Int32Array[] = [];
  readonly #factors: number[] = [];
  /** The steps, and weights of other memories. */
  readonly #kept: Copy[] = [];
  /** What other segments gave to this one, and what this one gives to others. */
  readonly #before: Copy[] = [];
  readonly #after: Copy[] = [];
  /** Where the cosines and sines of each kind of rotation go. */
  readonly #turns = new Map<number, Angles & { places: readonly [number, number] }>();
  #work = 0;
  #first = 0;
  #shared = 0;

  constructor(ground: Ground) {
    this.ground = ground;
  }

  /** The number of steps so far. */
  get length(): number {
    return this.#steps.length;
  }

  /** The address of a weight's numbers, which are copied in before each run unless they are in this memory; 0 if there are none. */
  kept(numbers: Float32Array | undefined): number {
    if (numbers === undefined) return 0;
    if (regionOf(numbers) === this.ground.region) return numbers.byteOffset;
    const at = this.ground.takeForSteps(4 * numbers.length);
    this.#kept.push({ from: numbers, to: this.ground.view(at, numbers.length) });
    return at;
  }

  /** Has a row of another segment copied in before each run from the first step on. */
  bring(from: Float32Array, at: number): void {
    this.#before.push({ from, to: this.ground.view(at, from.length) });
  }

  /** Has a row copied to another memory after each run. */
  leave(from: Float32Array, to: Float32Array): void {
    this.#after.push({ from, to });
  }

  copy(x: number, y: number, size: number): void {
    this.#step("copy", [x, y, 0, 0, size]);
  }

  /** A norm or a sum, or a function of x: y = f(x), times a factor unless its address is 0. */
  row(
    step: Exclude<RowStep, { kind: "products" | "rotary" }>,
    { x, y, size, other }: { x: number; y: number; size: number; other: number },
  ): void {
    const words = this.#step(step.kind, [x, y, other, 0, size]);
    if (step.kind === "unary") words[6] = unaries[step.name];
    else if (step.kind !== "add") {
      words[3] = this.kept(step.weight);
      words[4] = this.kept(step.bias);
      new Float64Array(words.buffer)[5] = step.epsilon;
    }
  }

  /** @param turn which of the angles that a run is given */
  rotary({ spec }: RowStep & { kind: "rotary" }, x: number, turn: number): void {
    const { heads, headDim, dimensions, interleaved } = spec;
    const angles = dimensions / 2;
    const known = this.#turns.get(turn);
    const places = known?.places ?? ([this.#forAngles(angles), this.#forAngles(angles)] as const);
    if (!known) {
      const [across, up] = places.map((place) => this.ground.view(place, angles)) as [Float32Array, Float32Array];
      this.#turns.set(turn, { across, up, places });
    }
    this.#step("rotary", [x, x, ...places, headDim, heads, angles, Number(interleaved)]);
  }

  #forAngles(count: number): number {
    return this.ground.takeForSteps(4 * count);
  }

  /**
   * @param factors of the same kind, all in this memory
   * @returns the addresses of their results
   */
  products(side: Side, factors: readonly StepFactor[], x: number, size: number): number[] {
    const { ground } = this;
    const stored = storedAs(factors[0]!)!;
    const isWhole = stored === "float32";
    const vector = isWhole ? 0 : ground.take(side, 2 * size);
    const scales = isWhole ? 0 : ground.take(side, (8 * size) / BLOCK);
    // The place among all factors, to which their address is added in the end.
    const words = this.#step("products", [x, 0, vector, scales, size, bits[stored], this.#factors.length * 4]);
    const placed: PlacedRows[] = [];
    const results: number[] = [];
    for (const factor of factors) {
      const y = ground.take(side, 4 * factor.rows);
      const { byteOffset: weight, byteLength: bytes } = numbersOf(factor);
      results.push(y);
      addRows(placed, { weight, y, bias: this.kept(factor.bias), rows: factor.rows, bytes });
    }
    for (const { weight, y, bias, rows } of placed) this.#factors.push(weight, y, bias, rows);
    const rows = placed.reduce((sum, each) => sum + Math.ceil(each.rows / FOLD) * FOLD, 0);
    const work = workOf(stored, size);
    words[8] = placed.length;
    words[9] = rows;
    // One part for each thread: the longer the streams are, the faster memory gives them.
    words[12] = grainOf({ count: rows, work, multiple: FOLD }, 1);
    this.#work += rows * work;
    return results;
  }

  /** @param place in the chain */
  attention(place: number, { heads }: RowAttention): void {
    this.#step("attention", [0, 0, 0, 0, 0, place, 0, 0, heads]);
  }

  #step(kind: keyof typeof kinds, words: readonly number[]): Int32Array {
    const step = new Int32Array(STEP_WORDS);
    step[0] = kinds[kind];
    step.set(words, 1);
    this.#steps.push(step);
    return step;
  }

  /** Places the steps, when there are all. */
  end(): void {
    const { ground } = this;
    const before = (SHARED + STEP * this.length) / 4;
    const words = new Int32Array(before + this.#factors.length);
    this.#shared = ground.takeForSteps(4 * words.length);
    this.#first = this.#shared + SHARED;
    for (const [i, step] of this.#steps.entries()) {
      if (step[0] === kinds.products) step[7]! += this.#shared + 4 * before;
      words.set(step, SHARED / 4 + STEP_WORDS * i);
    }
    words.set(this.#factors, before);
    this.#kept.push({ from: new Float32Array(words.buffer), to: ground.view(this.#shared, words.length) });
  }

  /**
   * Runs the steps from `first` to `end`.
   *
   * @param angles of each kind of rotation
   * @param also the memories with the keys and values of attention
   * @returns whether the numbers were such that the results are right
   */
  run(first: number, end: number, angles: readonly (Angles | undefined)[], also: readonly Place[]): boolean {
    const { place, region } = this.ground;
    for (const { from, to } of this.#kept) to.set(from);
    if (first === 0) for (const { from, to } of this.#before) to.set(from);
    for (const [turn, { across, up }] of this.#turns) {
      const given = angles[turn];
      // There are none for rotations that are not among these steps.
      if (given === undefined) continue;
      across.set(given.across);
      up.set(given.up);
    }
    const [steps, shared] = [this.#first, this.#shared];
    const threads = threadCount();
    const work = { count: threads, work: this.#work / threads, multiple: 1, also };
    const meanwhile = () => void place.assembly.runSteps!(steps, first, end, shared);
    dispatch(place, "helpSteps", [steps, shared], { ...work, meanwhile });
    if (region.integers[shared / 4 + EXTREME] !== 0) return false;
    for (const { from, to } of this.#after) to.set(from);
    return true;
  }
}
