import { arrayOf, wholeIn, wrongKind } from "../checks";
import { multiply, ShapeError, Tensor, tensor } from "../tensor";
import type { Pass, Sequence } from "./pass";

const keptOrHidden = /* @__PURE__ */ wholeIn({ least: 0, most: 1 });
const expectRows = /* @__PURE__ */ arrayOf(/* @__PURE__ */ arrayOf(keptOrHidden), "an array of [batch][key]");

/**
 * x with zeros in place of padding, for modules that mix positions without scores that a mask could hide. The last `seq`
 * of a mask's keys are the positions of x.
 *
 * @throws TypeError for a mask that is a tensor; ShapeError unless it is [batch][key]
 */
export function withoutPadding(where: string, x: Tensor<Sequence>, { mask }: Pass): Tensor<Sequence> {
  if (mask === undefined || mask === "causal") return x;
  if (mask instanceof Tensor) throw wrongKind(where, "pass.mask", "padding as [batch][key]", mask);
  expectRows(where, "pass.mask", mask);
  const [batch, seq] = x.shape;
  if (mask.length !== batch || !mask.every((row) => row.length >= seq))
    throw new ShapeError(
      `${where}: pass.mask must have ${batch} rows of ${seq} or more numbers, one for each position`,
    );
  const kept = mask.map((row) => row.slice(row.length - seq));
  if (kept.every((row) => row.every((one) => one === 1))) return x;
  return multiply(x, tensor(kept.map((row) => row.map((one) => [one])))) as Tensor<Sequence>;
}
