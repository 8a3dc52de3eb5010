import { MARK } from "../../text";
import { isUnknown } from "./unicode-9";

/** One mark of every canonical combining class, lowest class first. */
const REPRESENTATIVES = /* @__PURE__ */ Array.from(
  "\u0334\u{16ff0}\u093c\u3099\u094d\u05b0\u05b1\u05b2\u05b3\u05b4\u05b5\u05b6\u05b7\u05b8\u05b9\u05bb\u05bc\u05bd" +
    "\u05bf\u05c1\u05c2\ufb1e\u064b\u064c\u064d\u064e\u064f\u0650\u0651\u0652\u0670\u0711\u0c55\u0c56\u0e38\u0e48" +
    "\u0eb8\u0ec8\u0f71\u0f72\u0f74\u0321\u1dce\u031b\u1dfa\u0316\u059a\u302e\u{1d16d}\u05ae\u0301\u0315\u035c\u035d" +
    "\u0345",
);
const HIGHEST = "\u0345";

const classes = new Map<string, number>();

/**
 * A number that sorts decomposed characters by canonical combining class; 0 for a starter. JavaScript does not expose
 * the class, but normalization shows which of two marks comes first.
 *
 * @see https://www.unicode.org/versions/latest/core-spec/chapter-3/#G49537, Canonical Ordering Algorithm
 */
export function combiningOrder(character: string): number {
  if (!MARK.test(character) || isUnknown(character)) return 0;
  const known = classes.get(character);
  if (known !== undefined) return known;
  let from = 0;
  let to = REPRESENTATIVES.length;
  while (from < to) {
    const middle = (from + to) >> 1;
    if (goesBefore(REPRESENTATIVES[middle] as string, character)) from = middle + 1;
    else to = middle;
  }
  const order = from > 0 || goesBefore(character, HIGHEST) ? from + 1 : 0;
  classes.set(character, order);
  return order;
}

/** Whether normalization moves the first character before the second if it follows it. */
function goesBefore(first: string, second: string): boolean {
  return first !== second && (second + first).normalize("NFD") === first + second;
}
