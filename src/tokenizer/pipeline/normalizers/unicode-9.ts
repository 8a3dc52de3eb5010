/**
 * Characters that Unicode 9 does not contain or does not decompose. The reference normalizes by Unicode 9: they stay
 * unchanged, and nothing moves past them.
 *
 * @see https://docs.rs/unicode-normalization-alignments
 */
const UNKNOWN =
  "([\u07fd\u0897-\u08d3\u09fe\u0c3c\u0d3b-\u0d3c\u0eba\u1715\u1abf-\u1aeb\u1df6-\u1dfa\u32ff\ua7f1-\ua7f4\ua82c\uab69\u{105c9}-\u{107ba}\u{10d24}-\u{10f85}\u{11070}\u{1133b}\u{11382}-\u{113d0}\u{1145e}\u{11839}-\u{11a99}\u{11d42}-\u{1612f}\u{16d63}-\u{16ff1}\u{1ccd6}-\u{1ccf9}\u{1e030}-\u{1e6f5}\u{1f16c}\u{1fbf0}-\u{1fbf9}])";

/** With a group, so that splitting keeps the separators. */
const EACH_UNKNOWN = /* @__PURE__ */ new RegExp(UNKNOWN, "u");

export function isUnknown(character: string): boolean {
  return EACH_UNKNOWN.test(character);
}

export function normalized(text: string, form: "NFC" | "NFD" | "NFKD"): string {
  const parts = text.split(EACH_UNKNOWN);
  return parts.map((part, index) => (index % 2 === 0 ? part.normalize(form) : part)).join("");
}
