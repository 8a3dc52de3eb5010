/**
 * Categories of Unicode 8, which the reference's BERT components use: characters added later are in none, and a few
 * have moved since.
 *
 * @see https://docs.rs/unicode_categories
 */

/** Additions since Unicode 8, as ranges, with gaps where nothing is in the category. */
const LATER = {
  P: "\u061d\u09fd-\u0a76\u0c77-\u0c84\u1b4e-\u1b4f\u1b7d-\u1b7f\u2e43-\u2e5d\u{10d6e}-\u{10f89}\u{113d4}-\u{1145d}\u{11660}-\u{116b9}\u{1183b}-\u{11fff}\u{12ff1}-\u{12ff2}\u{16d6d}-\u{16fe2}\u{1e5ff}-\u{1e95f}",
  M: "\u07fd\u0897-\u08d3\u09fe\u0afa-\u0aff\u0b55\u0c04-\u0c3c\u0cf3-\u0d00\u0d3b-\u0d3c\u0d81\u0eba\u0ece\u1715\u180f\u1abf-\u1aeb\u1cf7\u1df6-\u1dfa\ua82c\ua8ff\u{10d24}-\u{10f85}\u{11070}-\u{11074}\u{110c2}\u{11145}-\u{11146}\u{111c9}\u{111ce}-\u{111cf}\u{11241}\u{1133b}\u{113b8}-\u{113e2}\u{1145e}\u{1182c}-\u{11b67}\u{11d31}-\u{1612f}\u{16f4f}\u{16f7f}-\u{16f87}\u{16fe4}-\u{16ff1}\u{1cf00}-\u{1cf46}\u{1e08f}-\u{1e6f5}",
  Mn: "\u07fd\u0897-\u08e1\u09fe\u0afa-\u0aff\u0b55\u0c04-\u0c3c\u0d00\u0d3b-\u0d3c\u0d81\u0eba\u0ece\u180f-\u1886\u1abf-\u1aeb\u1df6-\u1dfb\ua82c\ua8c5\ua8ff\ua9bd\u{10d24}-\u{10f85}\u{11070}-\u{11074}\u{110c2}\u{111c9}\u{111cf}\u{1123e}-\u{11241}\u{1133b}\u{113bb}-\u{1145e}\u{1182f}-\u{1612f}\u{16f4f}\u{16fe4}\u{1cf00}-\u{1cf46}\u{1e000}-\u{1e6f5}\u{1e944}-\u{1e94a}",
  Cf: "\u0890-\u08e2\u{110cd}-\u{1343f}",
};

/** @param others further characters of the category that the engine places elsewhere */
function category(name: keyof typeof LATER, others: string, flags: string): RegExp {
  return new RegExp(`[${others}]|(?![${LATER[name]}])\\p{${name}}`, flags);
}

/** Punctuation, and every ASCII symbol. */
export const PUNCTUATION = /* @__PURE__ */ category("P", "!-/:-@[-`{-~\u166d\u{111c9}", "u");

export const MARKS_OF_UNICODE_8 = /* @__PURE__ */ category("M", "\u1cf2\u1cf3", "gu");

export const NONSPACING_MARKS = /* @__PURE__ */ category("Mn", "\u1734\u{1171e}", "gu");

/** Control, format and private-use characters, and the replacement character. */
export const CONTROLS = /* @__PURE__ */ category("Cf", "\\p{Cc}\\p{Co}\ufffd", "u");
