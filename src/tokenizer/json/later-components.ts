import { FormatError } from "../../errors";
import { isRecord } from "../../fields";
import { type LaterParts, loadLater } from "../../later";
import type { Tokenizer } from "../pipeline";
import { Components, type TokenizerComponent } from "./components/component";
import { truncation } from "./components/truncation";
import { readTokenizerJson } from "./read-tokenizer-json";

/** Where the component of each type is. It is loaded when a file names it. */
export const laterComponents: LaterParts<TokenizerComponent> = {
  BertNormalizer: async () => (await import("./components/normalizers")).bertNormalizer,
  BertPreTokenizer: async () => (await import("./components/pre-tokenizers")).bertPreTokenizer,
  BertProcessing: async () => (await import("./components/post-processors")).bertProcessing,
  BPE: async () => (await import("./components/bpe")).bpe,
  BPEDecoder: async () => (await import("./components/decoders")).bpeDecoder,
  ByteFallback: async () => (await import("./components/decoders")).byteFallback,
  ByteLevel: async () => (await import("./components/byte-level")).byteLevel,
  CharDelimiterSplit: async () => (await import("./components/pre-tokenizers")).charDelimiterSplit,
  CTC: async () => (await import("./components/decoders")).ctc,
  Digits: async () => (await import("./components/pre-tokenizers")).digits,
  FixedLength: async () => (await import("./components/pre-tokenizers")).fixedLength,
  Fuse: async () => (await import("./components/decoders")).fuse,
  Lowercase: async () => (await import("./components/normalizers")).lowercase,
  Metaspace: async () => (await import("./components/metaspace")).metaspace,
  NFC: async () => (await import("./components/normalizers")).nfc,
  NFD: async () => (await import("./components/normalizers")).nfd,
  NFKC: async () => (await import("./components/normalizers")).nfkc,
  NFKD: async () => (await import("./components/normalizers")).nfkd,
  Nmt: async () => (await import("./components/normalizers")).nmt,
  Precompiled: async () => (await import("./components/normalizers")).precompiled,
  Prepend: async () => (await import("./components/normalizers")).prepend,
  Punctuation: async () => (await import("./components/pre-tokenizers")).punctuation,
  Regex: async () => (await import("./components/regex")).regex,
  Replace: async () => (await import("./components/replace")).replace,
  RobertaProcessing: async () => (await import("./components/post-processors")).robertaProcessing,
  Sequence: async () => (await import("./components/sequence")).sequence,
  Split: async () => (await import("./components/split")).split,
  Strip: async () => (await import("./components/replace")).strip,
  StripAccents: async () => (await import("./components/normalizers")).stripAccents,
  TemplateProcessing: async () => (await import("./components/post-processors")).templateProcessing,
  UnicodeScripts: async () => (await import("./components/pre-tokenizers")).unicodeScripts,
  Unigram: async () => (await import("./components/unigram")).unigram,
  Whitespace: async () => (await import("./components/pre-tokenizers")).whitespace,
  WhitespaceSplit: async () => (await import("./components/pre-tokenizers")).whitespaceSplit,
  WordLevel: async () => (await import("./components/word-level")).wordLevel,
  WordPiece: async () => (await import("./components/word-piece")).wordPiece,
};

const PLACES = ["normalizer", "pre_tokenizer", "post_processor", "decoder"] as const;

/** Reads a tokenizer.json, after the components that it names are loaded. */
export async function readLater(
  json: Readonly<Record<string, unknown>>,
  config: object,
  settings: object,
): Promise<Tokenizer> {
  const parts = PLACES.map((place) => json[place]);
  const types = new Set([...textsIn(parts, "type"), isRecord(json.model) ? String(json.model.type) : ""]);
  const known = [...types].filter((type) => Object.hasOwn(laterComponents, type));
  const components = await Promise.all(known.map((type) => loadLater(`type "${type}"`, laterComponents[type]!)));
  const patterns = [...textsIn(parts, "Regex")];
  if (patterns.length > 0) {
    const { scanners } = await loadLater("regular expressions", () => import("./built-in-patterns"));
    if (!patterns.every((source) => scanners().has(source)))
      components.push(await loadLater("regular expressions", laterComponents.Regex!));
  }
  try {
    return readTokenizerJson(json, config, new Components([...components, truncation], "", () => ""), settings);
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    // Either the file is wrong, or it needs a component by another name: a message lists all that there are.
    const { everyComponent } = await loadLater("an error message", () => import("./components/every"));
    return readTokenizerJson(json, config, everyComponent(), settings);
  }
}

/** The texts of a field in some parts of a file, however deep. */
function* textsIn(part: unknown, field: string): Generator<string> {
  if (typeof part !== "object" || part === null) return;
  for (const [name, value] of Object.entries(part)) {
    if (name === field && typeof value === "string") yield value;
    yield* textsIn(value, field);
  }
}
