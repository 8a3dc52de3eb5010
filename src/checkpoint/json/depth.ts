/** Python's json module does not read deeper nesting; keeps a hostile file from overflowing the stack. */
export const DEEPEST = 2000;

/**
 * The index at which a JSON text exceeds `DEEPEST` nested arrays and objects; undefined if it does not. The text is not
 * parsed, so it may be invalid in other ways.
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
      // "[" and "{", and likewise "]" and "}", differ in one bit.
      const kind = code & ~0x20;
      if (kind === OPEN && ++depth > DEEPEST) return i;
      if (kind === CLOSE) depth--;
    }
  }
  return undefined;
}

/** Whether deep nesting is possible at all: a cheap first check, because engines search text fast. */
function hasMany(text: string, bracket: string): boolean {
  let count = 0;
  for (let i = text.indexOf(bracket); i >= 0; i = text.indexOf(bracket, i + 1)) if (++count > DEEPEST / 2) return true;
  return false;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
/** "["; "{" has one more bit set. */
const OPEN = 0x5b;
/** "]"; "}" has one more bit set. */
const CLOSE = 0x5d;
