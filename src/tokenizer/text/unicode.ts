/** Character classes by Unicode property, because JavaScript's `\s`, `\w` and `\d` are ASCII or slightly different. */
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

/** Decodes UTF-8; each malformed part becomes U+FFFD. */
export function textOfUtf8(bytes: Uint8Array): string {
  return decoder.decode(bytes);
}

/** Decodes UTF-8; undefined if it is malformed. */
export function strictTextOfUtf8(bytes: Uint8Array): string | undefined {
  try {
    return strictDecoder.decode(bytes);
  } catch {
    return undefined;
  }
}

/** The start of the character that ends at `end`. */
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
