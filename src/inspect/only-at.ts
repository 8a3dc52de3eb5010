import { arrayOf, type Checks, checkOptions, describe, wholeIn, wrongKind, wrongResult } from "../checks";
import { knownAs } from "../synonyms";
import { full, type Shape, ShapeError, Tensor, where } from "../tensor";
import { sizeOf } from "../tensor/internal";
import type { Patch } from "./recorder";

/** Which parts of a value to change: all that are named in every list. Negative numbers count from the end. */
export interface Spots {
  /** Texts of the batch. */
  rows?: readonly number[] | undefined;
  /** Tokens; of `scores` and `weights`, those that look. */
  positions?: readonly number[] | undefined;
  /** Heads of attention. */
  heads?: readonly number[] | undefined;
}

const numbers = /* @__PURE__ */ arrayOf(
  /* @__PURE__ */ wholeIn({ least: -(2 ** 31), most: 2 ** 31 }),
  "an array of whole numbers",
);
const checks: Checks<Spots> = /* @__PURE__ */ knownAs(
  { options: ["rows batch batches texts", "positions position tokens indices", "heads head"] },
  { rows: numbers, positions: numbers, heads: numbers },
);

/**
 * A patch of some heads or positions: the others stay as they are.
 *
 * @param change what stands there instead: a number, a tensor that broadcasts to the value, another run's record, whose
 * value at the same place is taken, or a function of the value
 * @throws RangeError when it runs, for a head or position that the value does not have
 * @see Olsson et al. 2022, In-context Learning and Induction Heads (arXiv 2209.11895), for ablations of heads
 * @example
 * ```ts
 * import { gpt } from "transformer-blocks";
 * import { onlyAt, patch } from "transformer-blocks/inspect";
 * const model = gpt({ vocabSize: 8, contextLength: 16, dModel: 8, heads: 2, layers: 2 }, { seed: 1 });
 * const without = patch(model, (pass) => model.forward([[1, 2, 3]], pass), {
 *   "blocks.0.attention.heads": onlyAt({ heads: [1] }, 0),
 * });
 * without.shape; // [1, 3, 8]
 * ```
 */
export function onlyAt(spots: Spots, change: number | Tensor | ReadonlyMap<string, Tensor> | Patch): Patch {
  checkOptions("onlyAt", spots, checks);
  if (Object.values(spots).every((list) => list === undefined))
    throw new TypeError("onlyAt: give rows, positions or heads; a patch of everything needs no onlyAt");
  if (typeof change !== "number" && typeof change !== "function" && !(change instanceof Tensor) && !isRecord(change))
    throw wrongKind("onlyAt", "change", "a number, a Tensor, a record of inspect, or a function", change);
  return (value, place) => {
    const changed = changedBy(change, value, place);
    const marks = marksOf(value.shape, axesOf(value, place), spots, place);
    return where(marks, changed as Tensor, value) as Tensor;
  };
}

const isRecord = (value: unknown): value is ReadonlyMap<string, Tensor> => value instanceof Map;

function changedBy(change: Parameters<typeof onlyAt>[1], value: Tensor, place: string): Tensor {
  const made: unknown = isRecord(change)
    ? change.get(place)
    : typeof change === "function"
      ? change(value, place)
      : typeof change === "number"
        ? full([], change)
        : change;
  if (made instanceof Tensor) {
    expectFits(made, value, place);
    return made;
  }
  if (isRecord(change)) throw new RangeError(`onlyAt: the record has nothing at "${place}"; record that site too`);
  throw wrongResult("onlyAt", `what change returns for "${place}"`, "a Tensor", made);
}

function expectFits(made: Tensor, value: Tensor, place: string): void {
  const ends = value.shape.slice(value.rank - made.rank);
  if (made.rank > value.rank || made.shape.some((size, axis) => size !== 1 && size !== ends[axis]))
    throw new ShapeError(`onlyAt: ${made.describe()} does not fit "${place}", which is ${value.describe()}`);
}

/** Where the value of a site has its rows, positions and heads. */
function axesOf({ rank }: Tensor, place: string): Record<keyof Spots, number | undefined> {
  if (rank < 3) return { rows: 0, positions: undefined, heads: undefined };
  if (rank === 3) return { rows: 0, positions: 1, heads: undefined };
  const isByHeadFirst = /(^|\.)(scores|weights|selected)$/.test(place);
  return isByHeadFirst ? { rows: 0, positions: 2, heads: 1 } : { rows: 0, positions: 1, heads: 2 };
}

/** 1 where the value changes, else 0. */
function marksOf(shape: Shape, axes: Record<keyof Spots, number | undefined>, spots: Spots, place: string): Tensor {
  const marks = new Float32Array(sizeOf(shape)).fill(1);
  for (const [name, list] of Object.entries(spots) as [keyof Spots, readonly number[] | undefined][]) {
    if (list === undefined) continue;
    const axis = axes[name];
    if (axis === undefined || shape[axis] === undefined)
      throw new RangeError(`onlyAt: "${place}" [${shape.join(", ")}] has no ${name}`);
    const chosen = new Set(list.map((n) => within(n, shape[axis]!, name, place)));
    const inner = sizeOf(shape.slice(axis + 1));
    for (let i = 0; i < marks.length; i++) if (!chosen.has(Math.floor(i / inner) % shape[axis]!)) marks[i] = 0;
  }
  return new Tensor(shape, marks);
}

function within(n: number, size: number, name: string, place: string): number {
  const place0 = n < 0 ? n + size : n;
  if (place0 < 0 || place0 >= size)
    throw new RangeError(`onlyAt: there is no ${describe(n)} in ${name}: "${place}" has ${size} of them`);
  return place0;
}
