import type { AlignedText } from "../aligned-text";
import { CONTROL, NONSPACING_MARK, WHITE_SPACE } from "../unicode";
import type { Normalizer } from "./normalizer";
import { UnicodeNormalizer } from "./unicode-form";

export interface BertNormalizerSettings {
  cleanText: boolean;
  handleChineseChars: boolean;
  stripAccents: boolean;
  lowercase: boolean;
}

/** CJK ideographs by block, as BERT's reference lists them. */
const CHINESE =
  /^[\u4e00-\u9fff\u3400-\u4dbf\u{20000}-\u{2a6df}\u{2a700}-\u{2b73f}\u{2b740}-\u{2b81f}\u{2b920}-\u{2ceaf}\uf900-\ufaff\u{2f800}-\u{2fa1f}]$/u;

const decompose = new UnicodeNormalizer("NFD");

/**
 * BERT's basic cleaning: controls out, every white space a space, ideographs set apart, accents and case removed.
 *
 * @see https://github.com/google-research/bert/blob/master/tokenization.py, BasicTokenizer
 */
export class BertNormalizer implements Normalizer {
  readonly #settings: BertNormalizerSettings;

  constructor(settings: BertNormalizerSettings) {
    this.#settings = settings;
  }

  normalize(text: AlignedText): AlignedText {
    const { cleanText, handleChineseChars, stripAccents, lowercase } = this.#settings;
    let result = text;
    if (cleanText) result = result.mapCharacters(clean);
    if (handleChineseChars) result = result.mapCharacters((c) => (CHINESE.test(c) ? ` ${c} ` : c));
    if (stripAccents) result = decompose.normalize(result).mapCharacters((c) => (NONSPACING_MARK.test(c) ? "" : c));
    if (lowercase) result = result.mapCharacters((c) => c.toLowerCase());
    return result;
  }
}

function clean(character: string): string {
  if (character === "\t" || character === "\n" || character === "\r") return " ";
  if (character === "\ufffd" || CONTROL.test(character)) return "";
  return WHITE_SPACE.test(character) ? " " : character;
}
