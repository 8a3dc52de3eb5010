import { arrayOf, type Checks, checkOptions } from "../../checks";
import { fuse, regex, split, tokenizerLoader, truncation, wordLevel } from "../json";
import type { Tokenizer } from "../pipeline";
import { Vocabulary } from "../vocabulary";

import { addedTokenJson, checkTexts, expectToken } from "./training-options";

/** Options of `characterTokenizer`. */
export interface CharacterTokenizerOptions {
  /** The token for characters that are not in the texts; `<unk>` if omitted. */
  unknownToken?: string | undefined;
  /** More tokens, with the ids after the unknown token: `<pad>`, `<s>` and the like. */
  specialTokens?: readonly string[] | undefined;
}

const checks = (): Checks<CharacterTokenizerOptions> => ({
  unknownToken: expectToken,
  specialTokens: arrayOf(expectToken, "an array of tokens"),
});

/**
 * A tokenizer with a token for every character (Unicode code point) of the texts: first the unknown token (id 0), then
 * the special tokens, then the characters by code point.
 *
 * @throws TypeError if the texts are not strings.
 * @example
 * ```ts
 * import { characterTokenizer } from "transformer-blocks/tokenizer";
 * const tokenizer = characterTokenizer(["banana"]);
 * tokenizer.encode("nab").ids; // [3, 1, 2]
 * tokenizer.encode("cab").tokens; // ["<unk>", "a", "b"]
 * ```
 */
export function characterTokenizer(texts: Iterable<string>, options: CharacterTokenizerOptions = {}): Tokenizer {
  checkOptions<CharacterTokenizerOptions>("characterTokenizer", options, checks());
  const { unknownToken = "<unk>", specialTokens = [] } = options;
  const characters = new Set<string>();
  for (const text of checkTexts("characterTokenizer", texts)) {
    for (const character of text) if (isWhole(character)) characters.add(character);
  }
  const special = [...new Set([unknownToken, ...specialTokens])];
  const ordered = [...characters].sort((a, b) => (a.codePointAt(0) as number) - (b.codePointAt(0) as number));
  return tokenizerLoader([fuse, regex, split, truncation, wordLevel])({
    added_tokens: special.map(addedTokenJson),
    pre_tokenizer: { type: "Split", pattern: { Regex: "[\\s\\S]" }, behavior: "Isolated", invert: false },
    decoder: { type: "Fuse" },
    model: {
      type: "WordLevel",
      vocab: Vocabulary.of(new Set([...special, ...ordered])).toJson(),
      unk_token: unknownToken,
    },
  });
}

/** Whether the character is not a lone surrogate, which no file can store. */
function isWhole(character: string): boolean {
  const code = character.charCodeAt(0);
  return character.length > 1 || code < 0xd800 || code > 0xdfff;
}
