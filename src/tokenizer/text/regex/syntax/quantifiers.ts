import type { Reader } from "./reader";
import type { Manner } from "./syntax-tree";

export interface Quantifier {
  readonly least: number;
  readonly most: number;
  readonly manner: Manner;
}

/** The reference's limit. */
const MOST_REPETITIONS = 100_000;

/** Reads `?`, `*`, `+` or an interval, and its manner; undefined if something else follows. */
export function readQuantifier(reader: Reader): Quantifier | undefined {
  const sign = reader.takeMatch(/[?*+]/uy)?.[0];
  if (sign === undefined) return readInterval(reader);
  const [least, most] = [sign === "+" ? 1 : 0, sign === "?" ? 1 : Number.POSITIVE_INFINITY];
  const manner = reader.takes("?") ? "lazy" : reader.takes("+") ? "possessive" : "greedy";
  return { least, most, manner };
}

/**
 * `{n}`, `{n,}`, `{,m}`, `{n,m}`. A `+` after an interval repeats it again; an interval is possessive if its larger
 * number comes first. A `?` after `{n}` makes it optional.
 */
function readInterval(reader: Reader): Quantifier | undefined {
  const { at } = reader;
  const interval = reader.takeMatch(/\{(?:(\d+)(,(\d*))?|,(\d+))\}/uy);
  if (interval === undefined) return undefined;
  const [, low, comma, high, alone] = interval;
  const least = Number(low ?? 0);
  const most = alone ?? (comma === undefined ? low : high === "" ? "Infinity" : high);
  for (const number of [least, Number(most)]) {
    if (number > MOST_REPETITIONS && number < Number.POSITIVE_INFINITY) {
      throw reader.problem(`repetition count ${number}, above the maximum of ${MOST_REPETITIONS},`, at);
    }
  }
  if (least > Number(most)) return { least: Number(most), most: least, manner: "possessive" };
  const isExact = comma === undefined && alone === undefined;
  return { least, most: Number(most), manner: !isExact && reader.takes("?") ? "lazy" : "greedy" };
}
