/** Each loses its spaces. */
const SPACED = [" .", " ?", " !", " ,", " ' ", " n't", " 'm", " 's", " 've", " 're"];

/** Undoes spaces that splitting English put in, as `clean_up_tokenization_spaces` of tokenizer_config.json asks. */
export function cleanUpText(text: string): string {
  return SPACED.reduce((current, spaced) => current.replaceAll(spaced, spaced.trim()), text);
}

/** The same for a token, as decoders do it. */
export function cleanUp(token: string): string {
  return cleanUpText(token).replaceAll(" do not", " don't");
}

/** How many code units at the end of a text may be the beginning of something that {@link cleanUpText} changes. */
export function cleanUpLookahead(text: string): number {
  for (let length = Math.min(3, text.length); length > 0; length--) {
    const end = text.slice(-length);
    if (SPACED.some((spaced) => spaced.startsWith(end) && spaced !== end)) return length;
  }
  return 0;
}
