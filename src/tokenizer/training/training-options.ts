import { arrayOf, type Checks, expectFunction, expectString, wholeIn, wrongKind } from "../../checks";

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

// Functions, so that a page which trains nothing bundles none of these.

/** Checks of the options that every trainer takes. */
export const trainingChecks = (): Checks<TrainingOptions> => ({
  vocabSize: wholeIn({ least: 0 }),
  specialTokens: arrayOf(expectToken, "an array of tokens"),
  initialAlphabet: expectList,
  onProgress: expectFunction,
});

export const mergeTrainingChecks = (): Checks<MergeTrainingOptions> => ({
  ...trainingChecks(),
  minFrequency: wholeIn({ least: 0 }),
  limitAlphabet: wholeIn({ least: 0 }),
});

/** @throws TypeError unless it is a string @throws RangeError if it is empty */
export function expectToken(where: string, name: string, value: unknown): asserts value is string {
  expectString(where, name, value);
  if (value === "") throw new RangeError(`${where}: ${name} must have a character or more`);
}

/** @throws TypeError if the texts are one string, or not all strings. */
export function* checkTexts(where: string, texts: Iterable<string>): Generator<string> {
  expectTexts(where, texts);
  let index = 0;
  for (const text of texts) {
    expectString(where, `texts[${index}]`, text);
    index++;
    yield text;
  }
}

function expectTexts(where: string, texts: unknown): asserts texts is Iterable<unknown> {
  if (typeof texts === "string") throw new TypeError(`${where}: texts must be an array of strings, not one string`);
  if (typeof texts !== "object" || texts === null || !(Symbol.iterator in texts))
    throw wrongKind(where, "texts", "an array of strings", texts);
}

/** A list that may be read only once, so that what it holds is checked where it is read. */
function expectList(where: string, name: string, value: unknown): void {
  if (typeof value === "string" || (typeof value === "object" && value !== null && Symbol.iterator in value)) return;
  throw wrongKind(where, name, "a list of characters", value);
}

/**
 * The characters of a list, each once.
 *
 * @throws TypeError if one is not a string
 * @throws RangeError if one is not one character
 */
export function alphabetOf(where: string, list: Iterable<string> = []): string[] {
  const characters = [...new Set(list)];
  for (const character of characters) {
    expectString(where, "initialAlphabet", character);
    if ([...character].length !== 1)
      throw new RangeError(`${where}: initialAlphabet must hold single characters, not ${JSON.stringify(character)}`);
  }
  return characters;
}

/** @throws RangeError if the tokens that are there whatever the texts are too many. */
export function checkRoom(where: string, vocabSize: number, room: number, contents: string): void {
  if (vocabSize >= room) return;
  throw new RangeError(`${where}: vocabSize ${vocabSize} has no room for ${contents}; give at least ${room}`);
}
