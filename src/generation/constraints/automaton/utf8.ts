import type { CodePoints } from "./code-points";
import { choice, type Expression, oneByte, sequence } from "./expression";

/** The last code point that is written with 1, 2, 3 and 4 bytes. */
const LAST_OF_LENGTH = [0x7f, 0x7ff, 0xffff, 0x10ffff];
/** The bits of a first byte that give the number of bytes. */
const MARKS = [0x00, 0xc0, 0xe0, 0xf0];

/** One character of the set, as UTF-8. @see RFC 3629, section 3 */
export function character(set: CodePoints): Expression {
  const options: Expression[] = [];
  for (const [first, last] of set) {
    let from = first;
    LAST_OF_LENGTH.forEach((most, extra) => {
      const to = Math.min(last, most);
      if (from <= to) options.push(...ofLength(from, to, extra, MARKS[extra]!));
      from = Math.max(from, most + 1);
    });
  }
  return choice(options);
}

/** Sequences of byte ranges for the code points of a range that need the same number of bytes. */
function ofLength(first: number, last: number, extra: number, mark: number): Expression[] {
  if (extra === 0) return [oneByte(mark | first, mark | last)];
  const bits = 6 * extra;
  const size = 2 ** bits;
  const [low, high] = [Math.floor(first / size), Math.floor(last / size)];
  const [start, end] = [first % size, last % size];
  const under = (lead: number, lastLead: number, from: number, to: number): Expression[] =>
    ofLength(from, to, extra - 1, 0x80).map((rest) => sequence([oneByte(mark | lead, mark | lastLead), rest]));
  if (low === high) return under(low, low, start, end);
  const firstWhole = start === 0 ? low : low + 1;
  const lastWhole = end === size - 1 ? high : high - 1;
  return [
    ...(firstWhole > low ? under(low, low, start, size - 1) : []),
    ...(firstWhole <= lastWhole ? under(firstWhole, lastWhole, 0, size - 1) : []),
    ...(lastWhole < high ? under(high, high, 0, end) : []),
  ];
}
