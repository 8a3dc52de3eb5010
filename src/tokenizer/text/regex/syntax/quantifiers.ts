import type { Reader } from "./reader";
import type { Manner } from "./syntax-tree";

export interface Quantifier {
  readonly least: number;
  readonly most: number;
  readonly manner: Manner;
}

/** As in the reference. */
const MOST_REPETITIONS = 100_000;

/** Reads `?`, `*`, `+` or an interval, and what says how it chooses; nothing if something else stands there. */
export function readQuantifier(reader: Reader): Quantifier | undefined {
  const sign = reader.takeMatch(/[?*+]/uy)?.[0];
  if (sign === undefined) return readInterval(reader);
  const [least, most] = [sign === "+" ? 1 : 0, sign === "?" ? 1 : Number.POSITIVE_INFINITY];
  const manner = reader.takes("?") ? "lazy" : reader.takes("+") ? "possessive" : "greedy";
  return { least, most, manner };
}

/**
 * `{n}`, `{n,}`, `{,m}`, `{n,m}`. A `+` behind one repeats it again; what makes one possessive is that the greater number
 * stands first. A `?` behind `{n}` makes it optional.
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
      throw reader.problem(`an interval counts to ${number}, beyond the ${MOST_REPETITIONS} that are allowed,`, at);
    }
  }
  if (least > Number(most)) return { least: Number(most), most: least, manner: "possessive" };
  const isExact = comma === undefined && alone === undefined;
  return { least, most: Number(most), manner: !isExact && reader.takes("?") ? "lazy" : "greedy" };
}
