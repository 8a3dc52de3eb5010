import type { Difference } from "./difference";

/** The most parameters that are listed. */
const MOST = 20;

const short = (value: number): string => String(Number(value.toPrecision(3)));

/** A line for each thing that differs. */
export function printDifference({ same, onlyFirst, onlySecond, changed, values }: Difference): string {
  if (same) return "the same modules, settings and values";
  const rest = values.length - MOST;
  return [
    ...onlyFirst.map((path) => `only in the first: ${path}`),
    ...onlySecond.map((path) => `only in the second: ${path}`),
    ...changed.map(({ path, first, second }) => `${path || "the model"}: ${first} → ${second}`),
    ...values
      .slice(0, MOST)
      .map(({ path, greatest, relative }) => `${path}: relative ${short(relative)}, at most ${short(greatest)}`),
    ...(rest > 0 ? [`and ${rest} more parameters`] : []),
  ].join("\n");
}
