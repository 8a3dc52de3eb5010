import type { Decoder } from "./decoder";

/** Undoes spaces that splitting English put in: before punctuation and inside contractions. */
export function cleanUp(text: string): string {
  return cleanUpSpaces(text, CONTRACTIONS_OF_DECODER);
}

const PUNCTUATION: readonly (readonly [string, string])[] = [
  [" .", "."],
  [" ?", "?"],
  [" !", "!"],
  [" ,", ","],
  [" ' ", "'"],
  [" n't", "n't"],
  [" 'm", "'m"],
];
const ENDINGS: readonly (readonly [string, string])[] = [
  [" 's", "'s"],
  [" 've", "'ve"],
  [" 're", "'re"],
];
const CONTRACTIONS_OF_DECODER = [...PUNCTUATION, [" do not", " don't"] as const, ...ENDINGS];
const CONTRACTIONS_OF_TEXT = [...PUNCTUATION, ...ENDINGS];

function cleanUpSpaces(text: string, replacements: readonly (readonly [string, string])[]): string {
  return replacements.reduce((current, [from, to]) => current.replaceAll(from, to), text);
}

/** The same for a whole decoded text, as `clean_up_tokenization_spaces` of tokenizer_config.json asks. */
export function cleanUpText(text: string): string {
  return cleanUpSpaces(text, CONTRACTIONS_OF_TEXT);
}

/** How many code units at the end of a text may be the beginning of something that {@link cleanUpText} changes. */
export function cleanUpLookahead(text: string): number {
  for (let length = Math.min(3, text.length); length > 0; length--) {
    const end = text.slice(-length);
    if (CONTRACTIONS_OF_TEXT.some(([from]) => from.startsWith(end) && from !== end)) return length;
  }
  return 0;
}

/** Joins words with spaces and glues the parts that carry the continuing prefix. */
export function wordPieceDecoder(prefix: string, cleanup: boolean): Decoder {
  const join = (token: string, index: number): string => {
    if (index === 0) return token;
    return token.startsWith(prefix) ? token.slice(prefix.length) : ` ${token}`;
  };
  return {
    decode: (tokens) => tokens.map(join).map((token) => (cleanup ? cleanUp(token) : token)),
  };
}
