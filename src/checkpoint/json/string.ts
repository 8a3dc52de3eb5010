/**
 * Reads the JSON string that begins at `start`: its value and the index after its closing quote. Undefined if no string
 * begins there, or it does not end, or it has an invalid escape, a control character or a lone surrogate.
 * A loop, because a regular expression overflows its stack on a long string.
 */
export function jsonString(text: string, start: number): { value: string; end: number } | undefined {
  if (text.charCodeAt(start) !== QUOTE) return undefined;
  let last = start + 1;
  for (let code = text.charCodeAt(last); code !== QUOTE; code = text.charCodeAt(last)) {
    if (Number.isNaN(code)) return undefined;
    last += code === BACKSLASH ? 2 : 1;
  }
  try {
    const value: unknown = JSON.parse(text.slice(start, last + 1));
    return typeof value === "string" && !/\p{Surrogate}/u.test(value) ? { value, end: last + 1 } : undefined;
  } catch {
    return undefined;
  }
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
