/** Longer than any text. */
const MANY = 0x40000000;

/** CLIP's end-of-word suffix becomes a space, which no decoder's JSON can express. */
export function withSpaces(decoder: object, suffix: string): object {
  const spaces = { type: "Replace", pattern: { String: suffix }, content: " " };
  const ends = { type: "Strip", content: " ", start: MANY, stop: MANY };
  return { type: "Sequence", decoders: [decoder, spaces, ends] };
}
