import { arrayOf, wholeIn, wrongKind } from "../checks";
import { multiply, ones, ShapeError, Tensor, tensor, tril } from "../tensor";
import type { Pass } from "./pass";

const expectRows = /* @__PURE__ */ arrayOf(
  /* @__PURE__ */ arrayOf(/* @__PURE__ */ wholeIn({ least: 0, most: 1 })),
  "an array of [batch][key]",
);

/**
 * 1 for keys that a mask of padding and causality let a query see, 0 for others: [batch, query, key]. The last query is
 * aligned with the last key.
 *
 * @throws TypeError for a mask that is a tensor; ShapeError unless it is [batch][key]
 */
export function visibleKeys(
  where: string,
  { mask, causal }: Pass,
  [batch, queries, keys]: readonly [number, number, number],
): Tensor {
  if (mask instanceof Tensor) throw wrongKind(where, "pass.mask", "padding as [batch][key]", mask);
  const all: Tensor = ones([batch, queries, keys]);
  const past = causal || mask === "causal" ? tril(all, { diagonal: keys - queries }) : all;
  if (mask === undefined || mask === "causal") return past;
  expectRows(where, "pass.mask", mask);
  if (mask.length !== batch || !mask.every((row) => row.length === keys))
    throw new ShapeError(`${where}: pass.mask must have ${batch} rows of ${keys} numbers, one for each key`);
  return multiply(past, tensor(mask.map((row) => [row])));
}
