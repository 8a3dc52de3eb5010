import { REWRITTEN, toByteCharacters } from "../byte-alphabet";
import { componentReader, type Reader } from "../component";
import { readPattern } from "../patterns";
import { MARKS, UPPERCASE } from "../unicode";
import { BertNormalizer } from "./bert";
import { CharacterTable } from "./character-table";
import { Charsmap } from "./charsmap";
import { nmtNormalizer } from "./nmt";
import type { Normalizer } from "./normalizer";
import { PrecompiledNormalizer } from "./precompiled";
import { stripNormalizer } from "./strip";
import { type UnicodeForm, UnicodeNormalizer } from "./unicode-form";

export type { Normalizer } from "./normalizer";

const form =
  (name: UnicodeForm): Reader<Normalizer> =>
  () =>
    new UnicodeNormalizer(name);

/** Reads the `normalizer` of a tokenizer.json. */
export const readNormalizer = componentReader<Normalizer>(
  "normalizer",
  new Map<string, Reader<Normalizer>>([
    [
      "Sequence",
      (fields, nested) => {
        const steps = fields.objects("normalizers").map(nested);
        return { normalize: (text) => steps.reduce((current, step) => step.normalize(current), text) };
      },
    ],
    ["NFC", form("NFC")],
    ["NFD", form("NFD")],
    ["NFKC", form("NFKC")],
    ["NFKD", form("NFKD")],
    ["Nmt", () => nmtNormalizer],
    [
      "Precompiled",
      (fields) => {
        const name = "precompiled_charsmap";
        return new PrecompiledNormalizer(new Charsmap(fields.string(name), fields.path(name)));
      },
    ],
    ["ByteLevel", () => ({ normalize: (text) => text.mapCharacters(REWRITTEN, toByteCharacters) })],
    [
      "Lowercase",
      () => new CharacterTable((character) => character.replace(UPPERCASE, (upper) => upper.toLowerCase())),
    ],
    ["StripAccents", () => new CharacterTable((character) => character.replace(MARKS, ""))],
    ["Strip", (fields) => stripNormalizer(fields.boolean("strip_left"), fields.boolean("strip_right"))],
    [
      "Replace",
      (fields) => {
        const pattern = readPattern(fields, "pattern");
        const content = fields.string("content");
        return { normalize: (text) => text.replaceRanges(pattern(text.text), content) };
      },
    ],
    [
      "Prepend",
      (fields) => {
        const prefix = fields.string("prepend");
        return { normalize: (text) => text.prepend(prefix) };
      },
    ],
    [
      "BertNormalizer",
      (fields) => {
        const lowercase = fields.boolean("lowercase");
        return new BertNormalizer({
          cleanText: fields.boolean("clean_text"),
          handleChineseChars: fields.boolean("handle_chinese_chars"),
          stripAccents: fields.get("strip_accents") == null ? lowercase : fields.boolean("strip_accents"),
          lowercase,
        });
      },
    ],
  ]),
);
