import {
  BertNormalizer,
  CharacterTable,
  Charsmap,
  nmtNormalizer,
  PrecompiledNormalizer,
  UnicodeNormalizer,
} from "../../pipeline";
import { MARKS_OF_UNICODE_8, shortString, UPPERCASE } from "../../text";

import type { TokenizerComponent } from "./component";

/** The normalizer `NFC`. */
export const nfc: TokenizerComponent = { type: "NFC", normalizer: () => new UnicodeNormalizer("NFC") };

/** The normalizer `NFD`. */
export const nfd: TokenizerComponent = { type: "NFD", normalizer: () => new UnicodeNormalizer("NFD") };

/** The normalizer `NFKC`. */
export const nfkc: TokenizerComponent = { type: "NFKC", normalizer: () => new UnicodeNormalizer("NFKC") };

/** The normalizer `NFKD`. */
export const nfkd: TokenizerComponent = { type: "NFKD", normalizer: () => new UnicodeNormalizer("NFKD") };

/** The normalizer `Nmt`. */
export const nmt: TokenizerComponent = { type: "Nmt", normalizer: () => nmtNormalizer };

/** The normalizer `Precompiled`: SentencePiece's character table. */
export const precompiled: TokenizerComponent = {
  type: "Precompiled",
  normalizer(fields) {
    const name = "precompiled_charsmap";
    return new PrecompiledNormalizer(new Charsmap(fields.string(name), fields.path(name)));
  },
};

// Shared between components of the same kind: each takes a megabyte.
const lowercaseTable = /* @__PURE__ */ new CharacterTable((character) =>
  character.replace(UPPERCASE, (upper) => upper.toLowerCase()),
);
const withoutMarks = /* @__PURE__ */ new CharacterTable((character) => character.replace(MARKS_OF_UNICODE_8, ""));
const bertNormalizers = /* @__PURE__ */ new Map<string, BertNormalizer>();

/** The normalizer `Lowercase`. */
export const lowercase: TokenizerComponent = { type: "Lowercase", normalizer: () => lowercaseTable };

/** The normalizer `StripAccents`. */
export const stripAccents: TokenizerComponent = { type: "StripAccents", normalizer: () => withoutMarks };

/** The normalizer `Prepend`. */
export const prepend: TokenizerComponent = {
  type: "Prepend",
  normalizer(fields) {
    const prefix = shortString(fields, "prepend");
    return { normalize: (text) => text.prepend(prefix) };
  },
};

/** The normalizer `BertNormalizer`. */
export const bertNormalizer: TokenizerComponent = {
  type: "BertNormalizer",
  normalizer(fields) {
    const lowercase = fields.boolean("lowercase");
    const settings = {
      cleanText: fields.boolean("clean_text"),
      handleChineseChars: fields.boolean("handle_chinese_chars"),
      stripAccents: fields.get("strip_accents") == null ? lowercase : fields.boolean("strip_accents"),
      lowercase,
    };
    const key = Object.values(settings).join();
    const normalizer = bertNormalizers.get(key) ?? new BertNormalizer(settings);
    bertNormalizers.set(key, normalizer);
    return normalizer;
  },
};
