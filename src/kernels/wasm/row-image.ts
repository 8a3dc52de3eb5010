import { BLOCK, FOLD } from "../quantized";
import type { RowProgram, RowStep, StepFactor } from "../row-program";
import { regionOf } from "./arenas";
import { bits, type Stored, takesRows, workOf } from "./placed-row";
import { align, type Region } from "./region";
import { grainOf, threadCount } from "./threads";
import { unaries } from "./unaries";

/** The numbers of kinds of steps, and the functions that they have; see assembly/decoding/steps.ts. */
const kinds: Readonly<Record<RowStep["kind"], number>> = {
  ...{ rmsNorm: 0, layerNorm: 1, unary: 2, add: 3, rotary: 4, products: 5 },
};
const functions: readonly string[] = ["relu", "gelu", "geluTanh", "silu", "sigmoid"];

/** Bytes of a step, of a factor, and of what threads share. */
export const [STEP, FACTOR, SHARED] = [56, 16, 16];

/** A program as the kernel reads it, at a place of an arena. */
export interface Image {
  readonly home: Region;
  readonly base: number;
  readonly bytes: number;
  readonly threads: number;
  /** Of all products, the number of multiplications. */
  readonly work: number;
  /** What is written to `base`: words that are 0 at first, steps, and the factors of products. */
  readonly words: Int32Array;
  /** The address of each input, of cosines and of sines, and that of each result with its size. */
  readonly inputs: readonly number[];
  readonly results: readonly (readonly [at: number, size: number])[];
  /** Small weights, which are copied in each time, and their addresses. */
  readonly copies: readonly (readonly [numbers: Float32Array, at: number])[];
}

/** Undefined unless these kernels have all steps, one arena has all weights, and it has room. */
export function imageOf(program: RowProgram): Image | undefined {
  const plan = planOf(program);
  if (plan === undefined || plan.home.room < plan.bytes) return undefined;
  return plan.home.scratch(plan.bytes, () => new Writer(plan, program).image());
}

interface Plan {
  /** The arena of all weights. */
  home: Region;
  /** Of each value. */
  sizes: number[];
  bytes: number;
  work: number;
}

/** Undefined unless these kernels have all steps, and one arena all weights. */
function planOf({ sizes: given, angles, steps }: RowProgram): Plan | undefined {
  let home: Region | undefined;
  let work = 0;
  let bytes = SHARED + align(STEP * steps.length) + 2 * align(4 * angles);
  for (const size of given) bytes += align(4 * size);
  const sizes = [...given];
  for (const step of steps) {
    const size = sizes[step.x]!;
    if (step.kind === "products") {
      const stored = storedAs(step.factors[0]!);
      if (stored === undefined) return undefined;
      bytes += align(2 * size) + align(size / 4);
      for (const factor of step.factors) {
        const place = regionOf(numbersOf(factor));
        home ??= place;
        if (place === undefined || home !== place || storedAs(factor) !== stored) return undefined;
        bytes += FACTOR + 2 * align(4 * factor.rows);
        work += factor.rows * workOf(stored, size);
        sizes.push(factor.rows);
      }
    } else {
      if (step.kind === "unary" && !functions.includes(step.name)) return undefined;
      bytes += 3 * align(4 * size);
      sizes.push(size);
    }
  }
  return home && { home, sizes, bytes, work };
}

const numbersOf = ({ weight }: StepFactor): Float32Array | Uint8Array =>
  weight instanceof Float32Array ? weight : weight.cells;

/** How a weight is multiplied by one row; undefined for a quantized one whose row is not to be rounded so far. */
function storedAs({ weight }: StepFactor): Stored | undefined {
  if (weight instanceof Float32Array) return "float32";
  return takesRows(weight) ? weight.format : undefined;
}

/** Writes a program for the kernel, and takes room for what it reads and gives. */
class Writer {
  readonly #plan: Plan;
  readonly #program: RowProgram;
  readonly #region: Region;
  readonly #base: number;
  /** The address of the next product's factors. */
  #list: number;
  /** The address of each value. */
  readonly #places: number[];
  /** The addresses of cosines and sines. */
  readonly #angles: readonly [number, number];
  readonly #copies: [Float32Array, number][] = [];

  constructor(plan: Plan, program: RowProgram) {
    const { steps, sizes, angles } = program;
    this.#plan = plan;
    this.#program = program;
    this.#region = plan.home;
    const factors = steps.reduce((sum, step) => sum + (step.kind === "products" ? step.factors.length : 0), 0);
    const bytes = SHARED + align(STEP * steps.length);
    this.#base = this.#region.take(bytes + FACTOR * factors);
    this.#list = this.#base + bytes;
    this.#places = sizes.map((size) => this.#region.take(4 * size));
    this.#angles = [this.#region.take(4 * angles), this.#region.take(4 * angles)];
  }

  image(): Image {
    const { home, bytes, sizes, work } = this.#plan;
    const { steps, results, sizes: inputs } = this.#program;
    const base = this.#base;
    home.integers.fill(0, base / 4, this.#list / 4);
    for (let i = 0; i < steps.length; i++) this.#write(steps[i]!, (base + SHARED + STEP * i) / 4);
    return {
      ...{ home, base, bytes, work, threads: threadCount(), copies: this.#copies },
      words: home.integers.slice(base / 4, this.#list / 4),
      inputs: [...this.#places.slice(0, inputs.length), ...this.#angles],
      results: results.map((value) => [this.#places[value]!, sizes[value]!]),
    };
  }

  /** @param word where the step goes, in words */
  #write(step: RowStep, word: number): void {
    const { integers, doubles } = this.#region;
    const size = this.#plan.sizes[step.x]!;
    const x = this.#places[step.x]!;
    integers[word] = kinds[step.kind];
    integers[word + 1] = x;
    integers[word + 5] = size;
    if (step.kind === "products") {
      this.#products(step.factors, size, word);
      return;
    }
    const y = step.kind === "rotary" ? x : this.#region.take(4 * size);
    this.#places.push(y);
    integers[word + 2] = y;
    if (step.kind === "add") integers[word + 3] = this.#places[step.other]!;
    else if (step.kind === "unary") {
      integers[word + 3] = step.factor === undefined ? 0 : this.#places[step.factor]!;
      integers[word + 6] = unaries[step.name];
    } else if (step.kind === "rotary") {
      const { heads, headDim, dimensions, interleaved } = step.spec;
      [integers[word + 3], integers[word + 4]] = this.#angles;
      integers[word + 5] = headDim;
      integers[word + 6] = heads;
      integers[word + 7] = dimensions / 2;
      integers[word + 8] = Number(interleaved);
    } else {
      integers[word + 3] = this.#copied(step.weight);
      integers[word + 4] = this.#copied(step.bias);
      doubles[word / 2 + 5] = step.epsilon;
    }
  }

  #products(factors: readonly StepFactor[], size: number, word: number): void {
    const region = this.#region;
    const { integers } = region;
    const stored = storedAs(factors[0]!)!;
    let rows = 0;
    integers[word + 7] = this.#list;
    for (const factor of factors) {
      const place = this.#list / 4;
      const y = region.take(4 * factor.rows);
      this.#places.push(y);
      integers[place] = numbersOf(factor).byteOffset;
      integers[place + 1] = y;
      integers[place + 2] = this.#copied(factor.bias);
      integers[place + 3] = factor.rows;
      rows += Math.ceil(factor.rows / FOLD) * FOLD;
      this.#list += FACTOR;
    }
    integers[word + 3] = stored === "float32" ? 0 : region.take(2 * size);
    integers[word + 4] = stored === "float32" ? 0 : region.take((8 * size) / BLOCK);
    integers[word + 6] = bits[stored];
    integers[word + 8] = factors.length;
    integers[word + 9] = rows;
    integers[word + 12] = grainOf({ count: rows, work: workOf(stored, size), multiple: FOLD });
  }

  /** The address of numbers that are copied in before each run; 0 if there are none. */
  #copied(numbers: Float32Array | undefined): number {
    if (numbers === undefined) return 0;
    const at = this.#region.take(numbers.byteLength);
    this.#copies.push([numbers, at]);
    return at;
  }
}
