/** Character classes by Unicode property. JavaScript's own `\s`, `\w` and `\d` are ASCII or differ in a few characters. */
export const WHITE_SPACE = /^\p{White_Space}$/u;
export const MARK = /^\p{M}$/u;

export const MARKS = /\p{M}/gu;
export const UPPERCASE = /\p{Changes_When_Lowercased}/gu;

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
const strictDecoder = /* @__PURE__ */ new TextDecoder("utf-8", { ignoreBOM: true, fatal: true });
const encoder = new TextEncoder();

export function utf8(text: string): Uint8Array {
  return encoder.encode(text);
}

/** Text of UTF-8 bytes; each malformed part becomes U+FFFD. */
export function textOfUtf8(bytes: Uint8Array): string {
  return decoder.decode(bytes);
}

/** Text of UTF-8 bytes, or nothing if they are malformed. */
export function strictTextOfUtf8(bytes: Uint8Array): string | undefined {
  try {
    return strictDecoder.decode(bytes);
  } catch {
    return undefined;
  }
}

/** Steps back over the character that ends at `end`. */
export function previousCharacterStart(text: string, end: number): number {
  const low = text.charCodeAt(end - 1);
  const high = text.charCodeAt(end - 2);
  return low >= 0xdc00 && low <= 0xdfff && high >= 0xd800 && high <= 0xdbff ? end - 2 : end - 1;
}

export function codePointCount(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}
