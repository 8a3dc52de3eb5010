import { arrayOf, type Checks, expectFunction, expectString, wholeIn, wrongKind } from "../../checks";

/** The options of every trainer. */
export interface TrainingOptions {
  /**
   * The maximum number of tokens: special tokens, the alphabet, and learned tokens. The alphabet is never cut to
   * fit.
   */
  vocabSize: number;
  /** Tokens that take the first ids. */
  specialTokens?: readonly string[] | undefined;
  /** Characters that become tokens even if they are not in the texts. */
  initialAlphabet?: Iterable<string> | undefined;
  /** Called with the progress of the training. */
  onProgress?: ((progress: TrainingProgress) => void) | undefined;
}

/** How far the training of a tokenizer is. */
export interface TrainingProgress {
  /** Whether texts are being read (and counted), or tokens learned from them. */
  stage: "texts" | "tokens";
  /** The number of texts read or of tokens so far; Unigram counts down from its seeds. */
  count: number;
}

/** The options of {@link trainBpe} and {@link trainWordPiece}. */
export interface MergeTrainingOptions extends TrainingOptions {
  /** Less frequent pairs are not merged; 0 if omitted. */
  minFrequency?: number | undefined;
  /**
   * The number of characters kept: those of `initialAlphabet`, then the most frequent; others are removed from the
   * words. All if omitted.
   */
  limitAlphabet?: number | undefined;
}

/** A special token in the format of tokenizer.json. */
export function addedTokenJson(content: string, id: number): Record<string, unknown> {
  return { id, content, single_word: false, lstrip: false, rstrip: false, normalized: false, special: true };
}

// Functions, so that a page that trains nothing bundles none of these.

/** Checks of the options of every trainer. */
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
  if (value === "") throw new RangeError(`${where}: ${name} must not be empty`);
}

/** @throws TypeError if the texts are a single string, or not all strings. */
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

/** A list that may be iterated only once, so its items are checked when they are read. */
function expectList(where: string, name: string, value: unknown): void {
  if (typeof value === "string" || (typeof value === "object" && value !== null && Symbol.iterator in value)) return;
  throw wrongKind(where, name, "a list of characters", value);
}

/**
 * The distinct characters of a list.
 *
 * @throws TypeError if one is not a string
 * @throws RangeError if one is not a single character
 */
export function alphabetOf(where: string, list: Iterable<string> = []): string[] {
  const characters = [...new Set(list)];
  for (const character of characters) {
    expectString(where, "initialAlphabet", character);
    if ([...character].length !== 1)
      throw new RangeError(
        `${where}: initialAlphabet must contain single characters, not ${JSON.stringify(character)}`,
      );
  }
  return characters;
}

/** @throws RangeError if there is no room for the tokens that do not depend on the texts. */
export function checkRoom(where: string, vocabSize: number, special: number, others = 0, kind = "bytes"): void {
  const room = special + others;
  if (vocabSize >= room) return;
  const tokens = special === 1 ? "1 special token" : `${special} special tokens`;
  const contents = [...(special > 0 ? [tokens] : []), ...(others > 0 ? [`${others} ${kind}`] : [])].join(" and ");
  throw new RangeError(`${where}: vocabSize ${vocabSize} has no room for ${contents}; use at least ${room}`);
}
