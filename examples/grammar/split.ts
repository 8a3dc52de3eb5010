/** The hash of a text: FNV-1a over its UTF-16 code units. @see http://www.isthe.com/chongo/tech/comp/fnv/ */
export function hash(text: string): number {
  let sum = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) sum = Math.imul(sum ^ text.charCodeAt(i), 0x01000193) >>> 0;
  return sum;
}

/** What a text is for: to train on, to choose settings by, or to report figures on, which no setting is chosen by. */
export type Part = "training" | "choosing" | "reporting";

/**
 * The part of a text, by its content alone, so that a copy is in the same part however it is drawn: one text in sixteen
 * is for choosing, and one for reporting.
 */
export const partOf = (text: string): Part => (["choosing", "reporting"] as const)[hash(text) % 16] ?? "training";

/** The part of a pair of sentences, by the one in German: of those that are held out, one in sixteen, half are for each. */
export const partOfPair = ({ target }: { readonly target: string }): Part => {
  if (hash(target) % 16 !== 0) return "training";
  return hash(target) % 32 === 0 ? "choosing" : "reporting";
};
