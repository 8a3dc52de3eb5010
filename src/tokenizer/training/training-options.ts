/** Special tokens as tokenizer.json lists them. */
export function addedTokenJson(content: string, id: number): Record<string, unknown> {
  return { id, content, single_word: false, lstrip: false, rstrip: false, normalized: false, special: true };
}

/** @throws TypeError if the texts are one string, or not all strings. */
export function* checkTexts(texts: Iterable<string>): Generator<string> {
  if (typeof texts === "string") throw new TypeError("texts must be an array of strings, not one string");
  if (texts === null || typeof texts !== "object" || !(Symbol.iterator in texts)) {
    throw new TypeError(`texts must be an array of strings, not ${texts === null ? "null" : typeof texts}`);
  }
  let index = 0;
  for (const text of texts) {
    if (typeof text !== "string") throw new TypeError(`texts[${index}] must be a string, not ${typeof text}`);
    index++;
    yield text;
  }
}
