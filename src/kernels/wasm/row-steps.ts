import { BLOCK, FOLD } from "../quantized";
import type { RowStep, RowValue, StepFactor } from "../row-steps";
import { regionOf } from "./arenas";
import { relaxedDecoding, strictDecoding } from "./binaries";
import { compiler, type Flavor } from "./module";
import { bits, type Stored, takesRows, workOf } from "./placed-row";
import { align, type Region } from "./region";
import { dispatch, grainOf, threadCount } from "./threads";
import { unaries } from "./unaries";

const compilers: Readonly<Record<Flavor, () => WebAssembly.Module>> = {
  strict: /* @__PURE__ */ compiler(strictDecoding),
  relaxed: /* @__PURE__ */ compiler(strictDecoding, relaxedDecoding),
};

/** The numbers of kinds of steps, and the functions that they have; see assembly/decoding/steps.ts. */
const kinds: Readonly<Record<RowStep["kind"], number>> = {
  ...{ rmsNorm: 0, layerNorm: 1, unary: 2, add: 3, rotary: 4, products: 5 },
};
const functions: readonly string[] = ["relu", "gelu", "geluTanh", "silu", "sigmoid"];

/** Bytes of a step, of a factor, and of what threads share. */
const [STEP, FACTOR, SHARED] = [56, 16, 16];

export function runSteps(
  flavor: Flavor,
  inputs: readonly Float32Array[],
  steps: readonly RowStep[],
  results: readonly RowValue[],
): Float32Array[] | undefined {
  const plan = planOf(inputs, steps);
  if (plan === undefined || plan.home.room < plan.bytes) return undefined;
  const { home, lengths, bytes, work } = plan;
  return home.scratch(bytes, () => {
    const writer = new Writer(home, inputs, lengths);
    const shared = home.take(SHARED);
    home.integers.fill(0, shared / 4, (shared + SHARED) / 4);
    const at = home.take(STEP * steps.length);
    for (const [i, step] of steps.entries()) writer.write(step, at + STEP * i);
    const threads = threadCount();
    dispatch(home.with(compilers[flavor]()), "runSteps", [at, steps.length, shared], {
      ...{ count: threads, work: work / threads, multiple: 1 },
    });
    if (home.integers[shared / 4 + 3] !== 0) return undefined;
    return results.map((value) => home.get(writer.places[value]!, lengths[value]!));
  });
}

interface Plan {
  /** The arena of all weights. */
  home: Region;
  /** Of each value. */
  lengths: number[];
  bytes: number;
  /** The number of multiplications. */
  work: number;
}

/** Undefined unless these kernels have all steps, and one arena all weights. */
function planOf(inputs: readonly Float32Array[], steps: readonly RowStep[]): Plan | undefined {
  let home: Region | undefined;
  let work = 0;
  let bytes = SHARED + align(STEP * steps.length);
  const lengths = inputs.map(({ length }) => length);
  for (const step of steps) {
    const size = lengths[step.x]!;
    if (step.kind === "products") {
      const stored = storedAs(step.factors[0]!);
      if (stored === undefined) return undefined;
      bytes += roomOfProducts(size);
      for (const factor of step.factors) {
        const place = regionOf(numbersOf(factor));
        if (place === undefined || (home ??= place) !== place || storedAs(factor) !== stored) return undefined;
        bytes += FACTOR + 2 * align(4 * factor.rows);
        work += factor.rows * workOf(stored, size);
        lengths.push(factor.rows);
      }
    } else {
      if (step.kind === "unary" && !functions.includes(step.name)) return undefined;
      bytes += 3 * align(4 * size);
      lengths.push(size);
    }
  }
  for (const input of inputs) bytes += align(input.byteLength);
  return home && { home, lengths, bytes, work };
}

/** Of a row that is quantized, with its scales. */
const roomOfProducts = (size: number): number => align(2 * size) + align(size / 4) + FACTOR;

const numbersOf = ({ weight }: StepFactor): Float32Array | Uint8Array =>
  weight instanceof Float32Array ? weight : weight.cells;

/** How a weight is multiplied by one row; undefined for a quantized one whose row is not to be rounded so far. */
function storedAs({ weight }: StepFactor): Stored | undefined {
  if (weight instanceof Float32Array) return "float32";
  return takesRows(weight) ? weight.format : undefined;
}

/** Writes steps for the kernel, with room for what they give. */
class Writer {
  /** The address of each value. */
  readonly places: number[];
  readonly #region: Region;
  readonly #lengths: readonly number[];

  constructor(region: Region, inputs: readonly Float32Array[], lengths: readonly number[]) {
    this.#region = region;
    this.#lengths = lengths;
    this.places = inputs.map((input) => region.put(input));
  }

  write(step: RowStep, at: number): void {
    const { integers } = this.#region;
    const size = this.#lengths[step.x]!;
    const x = this.places[step.x]!;
    const word = at / 4;
    integers[word] = kinds[step.kind];
    integers[word + 1] = x;
    integers[word + 5] = size;
    if (step.kind === "products") return this.#products(step.factors, size, word);
    const y = step.kind === "rotary" ? x : this.#region.take(4 * size);
    this.places.push(y);
    integers[word + 2] = y;
    if (step.kind === "add") integers[word + 3] = this.places[step.other]!;
    else if (step.kind === "unary") {
      integers[word + 3] = step.factor === undefined ? 0 : this.places[step.factor]!;
      integers[word + 6] = unaries[step.name];
    } else if (step.kind === "rotary") {
      const { heads, headDim, dimensions, interleaved } = step.spec;
      integers[word + 3] = this.#region.put(step.cosines);
      integers[word + 4] = this.#region.put(step.sines);
      integers[word + 5] = headDim;
      integers[word + 6] = heads;
      integers[word + 7] = dimensions / 2;
      integers[word + 8] = Number(interleaved);
    } else {
      integers[word + 3] = step.weight ? this.#region.put(step.weight) : 0;
      integers[word + 4] = step.bias ? this.#region.put(step.bias) : 0;
      this.#region.doubles[word / 2 + 5] = step.epsilon;
    }
  }

  #products(factors: readonly StepFactor[], size: number, word: number): void {
    const region = this.#region;
    const { integers } = region;
    const stored = storedAs(factors[0]!)!;
    const list = region.take(FACTOR * factors.length);
    let rows = 0;
    for (let i = 0, place = list / 4; i < factors.length; i++, place += 4) {
      const factor = factors[i]!;
      const y = region.take(4 * factor.rows);
      this.places.push(y);
      integers[place] = numbersOf(factor).byteOffset;
      integers[place + 1] = y;
      integers[place + 2] = factor.bias ? region.put(factor.bias) : 0;
      integers[place + 3] = factor.rows;
      rows += Math.ceil(factor.rows / FOLD) * FOLD;
    }
    integers[word + 3] = stored === "float32" ? 0 : region.take(2 * size);
    integers[word + 4] = stored === "float32" ? 0 : region.take((8 * size) / BLOCK);
    integers[word + 6] = bits[stored];
    integers[word + 7] = list;
    integers[word + 8] = factors.length;
    integers[word + 9] = rows;
    integers[word + 12] = grainOf({ count: rows, work: workOf(stored, size), multiple: FOLD });
  }
}
