import { AlignedText, CONTROLS, MARKS, NONSPACING_MARKS, UPPERCASE, WHITE_SPACE } from "../../text";

import { CharacterTable } from "./character-table";
import { combiningOrder } from "./combining-class";
import type { Normalizer } from "./normalizer";
import { UnicodeNormalizer } from "./unicode-form";

export interface BertNormalizerSettings {
  cleanText: boolean;
  handleChineseChars: boolean;
  stripAccents: boolean;
  lowercase: boolean;
}

/** CJK ideographs by block, as listed in BERT's reference. */
const CHINESE =
  /[\u4e00-\u9fff\u3400-\u4dbf\u{20000}-\u{2a6df}\u{2a700}-\u{2b73f}\u{2b740}-\u{2b81f}\u{2b920}-\u{2ceaf}\uf900-\ufaff\u{2f800}-\u{2fa1f}]/gu;

/** Some of these characters are kept. */
const UNCLEAN = /[\p{Cc}\p{Cf}\p{Co}\ufffd]|(?! )\p{White_Space}/gu;

const decompose = /* @__PURE__ */ new UnicodeNormalizer("NFD");

/**
 * BERT's basic cleaning: removes control characters, unifies white space, isolates ideographs, removes accents and
 * case.
 *
 * @see https://github.com/google-research/bert/blob/master/tokenization.py, BasicTokenizer
 */
export class BertNormalizer implements Normalizer {
  readonly #settings: BertNormalizerSettings;
  readonly #characters: CharacterTable;

  constructor(settings: BertNormalizerSettings) {
    this.#settings = settings;
    this.#characters = new CharacterTable((character) => this.#inOrder(AlignedText.of(character)).text);
  }

  normalize(text: AlignedText): AlignedText {
    const normalized = this.#characters.normalize(text);
    return this.#settings.stripAccents && mayMove(normalized.text) ? this.#inOrder(text) : normalized;
  }

  /** All steps in order; for single characters, except that marks are not reordered. */
  #inOrder(text: AlignedText): AlignedText {
    const { cleanText, handleChineseChars, stripAccents, lowercase } = this.#settings;
    let result = text;
    if (cleanText) result = result.mapCharacters(UNCLEAN, clean);
    if (handleChineseChars) result = result.mapCharacters(CHINESE, (character) => ` ${character} `);
    if (stripAccents) result = decompose.normalize(result).mapCharacters(NONSPACING_MARKS, () => "");
    if (lowercase) result = result.mapCharacters(UPPERCASE, (character) => character.toLowerCase());
    return result;
  }
}

/** Whether a text without nonspacing marks contains others that normalization might reorder. */
function mayMove(text: string): boolean {
  for (const [mark] of text.matchAll(MARKS)) if (combiningOrder(mark) > 0) return true;
  return false;
}

function clean(character: string): string {
  if (character === "\t" || character === "\n" || character === "\r") return " ";
  if (CONTROLS.test(character)) return "";
  return WHITE_SPACE.test(character) ? " " : character;
}
