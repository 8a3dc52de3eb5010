import { declareClass, LETTER, LOWER, OTHER, WORD } from "./character-classes";
import { once } from "./encoding";

/** The first and the last of what Unicode 17 added. */
const LATER = [
  [0x88f, 0x88f],
  [0xc5c, 0xc5c],
  [0xcdc, 0xcdc],
  [0x1acf, 0x1aeb],
  [0x20c1, 0x20c1],
  [0x2b96, 0x2b96],
  [0xa7ce, 0xa7cf],
  [0xa7d2, 0xa7d2],
  [0xa7d4, 0xa7d4],
  [0xa7f1, 0xa7f1],
  [0xfbc3, 0xfbd2],
  [0xfd90, 0xfd91],
  [0xfdc8, 0xfdce],
  [0x10940, 0x10959],
  [0x10ec5, 0x10efb],
  [0x11b60, 0x11b67],
  [0x11db0, 0x11de9],
  [0x16ea0, 0x16ed3],
  [0x16ff2, 0x16ff6],
  [0x187f8, 0x187ff],
  [0x18d09, 0x18df2],
  [0x1ccfa, 0x1ccfc],
  [0x1ceba, 0x1cef0],
  [0x1e6c0, 0x1e6ff],
  [0x1f6d8, 0x1f6d8],
  [0x1f777, 0x1f77a],
  [0x1f8d0, 0x1f8d8],
  [0x1fa54, 0x1fa57],
  [0x1fa8a, 0x1fa8e],
  [0x1fac8, 0x1facd],
  [0x1faea, 0x1faef],
  [0x1fbfa, 0x1fbfa],
  [0x2b73a, 0x2b73f],
  [0x2cea2, 0x2cead],
  [0x323b0, 0x33479],
] as const;

/** A letter that has no case any more. */
const WAS_SMALL = 0x295;

const eachChanged = /* @__PURE__ */ once(() => {
  const ranges = LATER.map(([first, last]) => `\\u{${first.toString(16)}}-\\u{${last.toString(16)}}`);
  return new RegExp(`[\\u{${WAS_SMALL.toString(16)}}${ranges.join("")}]`, "gu");
});

/**
 * From now on every character is of the classes that it has in Unicode 16, which the reference's regular expressions go
 * by. This engine may have a later one.
 */
export function useUnicode16(): void {
  for (const [first, last] of LATER) for (let point = first; point <= last; point++) declareClass(point, OTHER);
  declareClass(WAS_SMALL, LETTER | WORD | LOWER);
}

/**
 * A text of the same length in which every character has the properties of Unicode 16. What stands for a character is
 * near it, so that ranges that hold the one hold the other.
 */
export function inUnicode16(text: string): string {
  return text.replace(eachChanged(), (character) => {
    let near = (character.codePointAt(0) as number) + 1;
    if (near !== WAS_SMALL + 1) while (isAssigned(near)) near++;
    return String.fromCodePoint(near);
  });
}

function isAssigned(codePoint: number): boolean {
  return /\p{Assigned}/u.test(String.fromCodePoint(codePoint));
}
