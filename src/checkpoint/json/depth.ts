/** Deeper nesting than Python's json module reads; a bound keeps a hostile file from exhausting the stack. */
export const DEEPEST = 2000;

/**
 * The index at which the arrays and objects of a JSON text are nested deeper than `DEEPEST`; undefined if they are not.
 * Nothing is parsed, so the text may be wrong otherwise.
 */
export function tooDeepAt(text: string): number | undefined {
  if (!hasMany(text, "[") && !hasMany(text, "{")) return undefined;
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === QUOTE) {
      i++;
      for (let inside = text.charCodeAt(i); inside !== QUOTE && i < text.length; inside = text.charCodeAt(++i))
        if (inside === BACKSLASH) i++;
    } else if (code >= OPEN) {
      // Brackets and braces differ by one bit.
      const kind = code & ~0x20;
      if (kind === OPEN && ++depth > DEEPEST) return i;
      if (kind === CLOSE) depth--;
    }
  }
  return undefined;
}

/** Whether deep nesting is possible at all: cheaper to find out, as engines search fast. */
function hasMany(text: string, bracket: string): boolean {
  let count = 0;
  for (let i = text.indexOf(bracket); i >= 0; i = text.indexOf(bracket, i + 1)) if (++count > DEEPEST / 2) return true;
  return false;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
/** [, and with one bit more { */
const OPEN = 0x5b;
/** ], and with one bit more } */
const CLOSE = 0x5d;
