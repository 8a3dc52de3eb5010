/** Their spaces are removed. */
const SPACED = [" .", " ?", " !", " ,", " ' ", " n't", " 'm", " 's", " 've", " 're"];

/** Removes spaces that splitting English inserted, for `clean_up_tokenization_spaces` of tokenizer_config.json. */
export function cleanUpText(text: string): string {
  return SPACED.reduce((current, spaced) => current.replaceAll(spaced, spaced.trim()), text);
}

/** The same for a token, as in decoders. */
export function cleanUp(token: string): string {
  return cleanUpText(token).replaceAll(" do not", " don't");
}

/** The number of trailing code units that may begin something that {@link cleanUpText} changes. */
export function cleanUpLookahead(text: string): number {
  for (let length = Math.min(3, text.length); length > 0; length--) {
    const end = text.slice(-length);
    if (SPACED.some((spaced) => spaced.startsWith(end) && spaced !== end)) return length;
  }
  return 0;
}
