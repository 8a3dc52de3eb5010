/** What every trainer takes. */
export interface TrainingOptions {
  /**
   * How many tokens there will be at most: special tokens, the alphabet, and those learned. The alphabet is never cut to
   * fit.
   */
  vocabSize: number;
  /** Tokens that take the first ids. */
  specialTokens?: readonly string[] | undefined;
  /** Characters that are tokens whether the texts have them or not. */
  initialAlphabet?: Iterable<string> | undefined;
  /** Is told how far the training is. */
  onProgress?: ((progress: TrainingProgress) => void) | undefined;
}

export interface TrainingProgress {
  /** Texts are read (and counted as they come), or tokens learned from them. */
  stage: "texts" | "tokens";
  /** How many texts were read, how many tokens there are; Unigram counts down from its seeds. */
  count: number;
}

/** What {@link trainBpe} and {@link trainWordPiece} take. */
export interface MergeTrainingOptions extends TrainingOptions {
  /** Pairs seen less often are not joined; 0 if left out. */
  minFrequency?: number | undefined;
  /**
   * How many characters are kept, the most frequent first, those of `initialAlphabet` before all; without the rest the
   * words are shorter. All if left out.
   */
  limitAlphabet?: number | undefined;
}

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

/** @throws TypeError if the value is no number. @throws RangeError if it is no integer or too small. */
export function checkCount(name: string, value: number | undefined, least = 0): void {
  if (value === undefined) return;
  if (typeof value !== "number") throw new TypeError(`${name} must be a number, not ${typeof value}`);
  if (!Number.isSafeInteger(value) || value < least) {
    const kind = least === 0 ? "a non-negative integer" : `an integer of at least ${least}`;
    throw new RangeError(`${name} must be ${kind}, not ${value}`);
  }
}

/** @throws RangeError if one of them is not one character. */
export function checkAlphabet(alphabet: Iterable<string>): string[] {
  const characters = [...new Set(alphabet)];
  for (const character of characters) {
    if (typeof character !== "string" || [...character].length !== 1) {
      throw new RangeError(`initialAlphabet must hold single characters, not ${JSON.stringify(character)}`);
    }
  }
  return characters;
}

/** @throws RangeError if the tokens that are there whatever the texts are too many. */
export function checkRoom(vocabSize: number, room: number, contents: string): void {
  checkCount("vocabSize", vocabSize);
  if (vocabSize >= room) return;
  throw new RangeError(`vocabSize ${vocabSize} has no room for ${contents}; give at least ${room}`);
}
