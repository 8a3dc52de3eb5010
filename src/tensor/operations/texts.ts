import { arrayOf, type Check, wholeIn } from "../../checks";
import { ShapeError } from "../../errors";
import { show, sizeOf } from "../shape";
import type { Shape } from "../shape-types";
import { Tensor } from "../tensor";
import { take } from "./take";

// Texts end to end, without padding, in the only row of a batch: x [1, total, …] and the number of tokens of each text.

type Lengths = readonly number[];

export const lengthsCheck: Check = /* @__PURE__ */ arrayOf(
  /* @__PURE__ */ wholeIn({ least: 1, most: 2 ** 31 - 1 }),
  "an array of numbers of tokens",
);

/** @throws ShapeError unless x [batch, seq, …] has one row, and as many tokens as all texts together */
export function expectLengths(where: string, lengths: Lengths, name: string, { shape }: { shape: Shape }): void {
  const total = lengths.reduce((sum, length) => sum + length, 0);
  if (shape[0] !== 1)
    throw new ShapeError(
      `${where}: ${name} ${show(shape)} must have a batch of 1 if lengths are given; put all texts end to end into one row`,
    );
  if (shape[1] !== total)
    throw new ShapeError(
      `${where}: lengths add up to ${total} tokens, but ${name} ${show(shape)} has ${shape[1]}; give the number of tokens of each text`,
    );
}

export const longestOf = (lengths: Lengths): number => lengths.reduce((most, length) => Math.max(most, length), 0);

/** The first token of each text, and the end of the last. */
export function startsOf(lengths: Lengths): Int32Array {
  const starts = new Int32Array(lengths.length + 1);
  for (const [i, length] of lengths.entries()) starts[i + 1] = starts[i]! + length;
  return starts;
}

/** Each text in a row of its own, padded with its first token: [1, total, …] → [texts, longest, …]. */
export function apart(x: Tensor, lengths: Lengths): Tensor {
  const longest = longestOf(lengths);
  const places = new Int32Array(lengths.length * longest);
  const starts = startsOf(lengths);
  lengths.forEach((length, text) => {
    for (let i = 0; i < longest; i++) places[text * longest + i] = starts[text]! + (i < length ? i : 0);
  });
  return chosen(x, places, [lengths.length, longest, ...x.shape.slice(2)]);
}

/** Without that padding: [texts, longest, …] → [1, total, …]. */
export function endToEnd(x: Tensor, lengths: Lengths): Tensor {
  const longest = longestOf(lengths);
  const places = lengths.flatMap((length, text) => Array.from({ length }, (_, i) => text * longest + i));
  return chosen(x, Int32Array.from(places), [1, places.length, ...x.shape.slice(2)]);
}

/** The tokens at these places of all rows. */
function chosen(x: Tensor, places: Int32Array, shape: Shape): Tensor {
  const axis = { outer: 1, size: x.shape[0]! * x.shape[1]!, inner: sizeOf(x.shape.slice(2)) };
  return take(x, { axis, places }, shape);
}

/** 1 for the tokens of texts that stand apart, 0 for their padding: [texts, 1, 1, longest]. */
export function tokensOf(lengths: Lengths): Tensor {
  const longest = longestOf(lengths);
  const kept = lengths.flatMap((length) => Array.from({ length: longest }, (_, i) => Number(i < length)));
  return new Tensor([lengths.length, 1, 1, longest], Float32Array.from(kept));
}
