import { LATER, laterUntil, WAS_SMALL } from "./unicode-16";

const CHANGED = /* @__PURE__ */ changed();

/** Matches every character whose properties differ from Unicode 16. */
function changed(): RegExp {
  const ends = LATER.map((x, i) => (i % 2 === 0 ? x : (LATER[i - 1] as number) + x - 1));
  const stretches = ends.map((x, i) => `${i % 2 === 0 ? "" : "-"}\\u{${x.toString(16)}}`);
  return new RegExp(`[${String.fromCodePoint(WAS_SMALL)}${stretches.join("")}]`, "gu");
}

/**
 * A text of the same length in which every character has its properties in Unicode 16. A character added later is
 * replaced by the next unassigned one, which is close enough to be in the same block.
 */
export function inUnicode16(text: string): string {
  return text.replace(CHANGED, (character) => {
    const codePoint = character.codePointAt(0) as number;
    if (codePoint === WAS_SMALL) return "\u0296";
    let near = laterUntil(codePoint);
    if (near === undefined) return character;
    while (isAssigned(near)) near++;
    return String.fromCodePoint(near);
  });
}

function isAssigned(codePoint: number): boolean {
  return /\p{Assigned}/u.test(String.fromCodePoint(codePoint));
}
