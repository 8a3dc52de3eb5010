import { isBytes, readGgufMetadata } from "../../../checkpoint/internal";
import { checkOptions, expectString, wrongKind } from "../../../checks";
import { FormatError } from "../../../errors";
import { describeJson, isRecord } from "../../../fields";
import { tokenizerFromJson } from "../../json";
import type { Tokenizer } from "../../pipeline";
import { jsonOfRecipe, type Recipe } from "../directory/recipe";

import { tokenizerOfFile } from "../sentencepiece/tokenizer-of-file";

import { MetadataFields } from "./metadata-fields";
import { ggufPreTokenizers } from "./pre-tokenizers";
import { sentencePieceFile } from "./sentencepiece-file";
import { endsOf, type GgufVocabulary, readVocabulary } from "./vocabulary";
import { bertTokens, bpeRecipe, wordPieceRecipe } from "./word-recipes";

/** Options of `tokenizerFromGguf`. */
export interface GgufOptions {
  /** The file's name in errors; `GGUF data` if omitted. */
  name?: string | undefined;
}

/** Readers by `tokenizer.ggml.model`. */
const MODELS: ReadonlyMap<string, (fields: MetadataFields) => Tokenizer> = new Map([
  ["gpt2", readBpe],
  ["llama", readSentencePieceBpe],
  ["t5", readUnigram],
  ["bert", readWordPiece],
]);

/**
 * The tokenizer inside a GGUF file, with the same ids as llama.cpp: byte-level BPE (`gpt2`), SentencePiece BPE
 * (`llama`) and Unigram (`t5`), and WordPiece (`bert`). Special tokens in a text become their ids. If the file contains
 * a complete tokenizer.json, that is used.
 *
 * @param source the file, or its beginning up to the tensors, or the `metadata` of `readGguf`
 * @throws TypeError if the source is neither.
 * @throws FormatError naming the file and the key, also for an unsupported model or pre-tokenizer.
 * @see https://github.com/ggml-org/ggml/blob/master/docs/gguf.md, Tokenizer
 * @example
 * ```ts
 * import { tokenizerFromGguf } from "transformer-blocks/tokenizer";
 * // const tokenizer = tokenizerFromGguf(await readFile("model.gguf"));
 * const tokenizer = tokenizerFromGguf({
 *   "tokenizer.ggml.model": "gpt2",
 *   "tokenizer.ggml.pre": "gpt-2",
 *   "tokenizer.ggml.tokens": ["a", "b", "ab", "<|end|>"],
 *   "tokenizer.ggml.token_type": [1, 1, 1, 3],
 *   "tokenizer.ggml.merges": ["a b"],
 * });
 * tokenizer.encode("aab<|end|>").ids; // [0, 2, 3]
 * ```
 */
export function tokenizerFromGguf(
  source: Uint8Array | Readonly<Record<string, unknown>>,
  options: GgufOptions = {},
): Tokenizer {
  checkOptions<GgufOptions>("tokenizerFromGguf", options, { name: expectString });
  const { name = "GGUF data" } = options;
  if (!isBytes(source) && !isRecord(source))
    throw wrongKind("tokenizerFromGguf", "source", "a Uint8Array with a GGUF file, or its metadata", source);
  const metadata = isBytes(source) ? readGgufMetadata(source, name, "tokenizerFromGguf") : source;
  const whole = Object.hasOwn(metadata, WHOLE) ? metadata[WHOLE] : undefined;
  if (typeof whole === "string") return tokenizerFromJson(whole);
  const fields = new MetadataFields(metadata, name);
  const model = fields.string("model");
  const read = MODELS.get(model);
  if (read === undefined) throw fields.error("model", `one of ${[...MODELS.keys()].join(", ")}`);
  return read(fields);
}

const WHOLE = "tokenizer.huggingface.json";

function readBpe(fields: MetadataFields): Tokenizer {
  const pre = fields.get("pre") ?? "default";
  const known = ggufPreTokenizers();
  const cutting = typeof pre === "string" ? known.get(pre) : undefined;
  if (cutting === undefined) {
    const expected = `a supported pre-tokenizer: ${[...known.keys()].join(", ")}`;
    throw fields.error("pre", expected, describeJson(pre));
  }
  const vocabulary = readVocabulary(fields);
  const ends = endsOf(fields, vocabulary, { bos: cutting.addBos ?? false, eos: false });
  const config = { ...namedTokens(vocabulary, vocabulary.tokens), add_bos_token: ends.bos, add_eos_token: ends.eos };
  try {
    return tokenizerOfRecipe(bpeRecipe(fields, vocabulary, cutting), config);
  } catch (error) {
    throw ofMerges(error, fields.file) ?? error;
  }
}

function readWordPiece(fields: MetadataFields): Tokenizer {
  const { roles, ...tokens } = readVocabulary(fields, { bos: 101, unk: 100, sep: 102, pad: 0, mask: 103 });
  const { bos, eos, cls = bos, sep = eos, ...rest } = roles;
  if (cls === undefined) throw fields.error("cls_token_id", "the id of the beginning-of-text token");
  if (sep === undefined) throw fields.error("seperator_token_id", "the id of the end-of-text token");
  const vocabulary = { ...tokens, roles: { ...rest, cls, sep } };
  return tokenizerOfRecipe(wordPieceRecipe(fields, vocabulary), namedTokens(vocabulary, bertTokens(vocabulary)));
}

function readSentencePieceBpe(fields: MetadataFields): Tokenizer {
  const vocabulary = readVocabulary(fields, { bos: 1, eos: 2, unk: 0 });
  const ends = endsOf(fields, vocabulary, { bos: true, eos: false });
  const file = sentencePieceFile(fields, vocabulary, "bpe");
  return tokenizerOfFile(file, { addBos: ends.bos, addEos: ends.eos, findsTokens: true });
}

function readUnigram(fields: MetadataFields): Tokenizer {
  const vocabulary = readVocabulary(fields, { eos: 1, unk: 2, pad: 0 });
  const ends = endsOf(fields, vocabulary, { bos: false, eos: true });
  const file = sentencePieceFile(fields, vocabulary, "unigram");
  return tokenizerOfFile(file, { addBos: ends.bos, addEos: ends.eos, findsTokens: true });
}

/** An invalid merge, reported for the GGUF file rather than the tokenizer.json derived from it. */
function ofMerges(error: unknown, file: string): FormatError | undefined {
  if (!(error instanceof FormatError && error.problem.at?.startsWith("model.merges"))) return undefined;
  const at = error.problem.at.replace("model.", "tokenizer.ggml.");
  return new FormatError({ ...error.problem, file, at, expected: "a token of tokenizer.ggml.tokens" });
}

function tokenizerOfRecipe(recipe: Recipe, config: Record<string, unknown>): Tokenizer {
  return tokenizerFromJson(jsonOfRecipe(recipe, config).json, config);
}

/** The tokens with a role, named as in tokenizer_config.json. */
function namedTokens({ roles }: GgufVocabulary, tokens: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(roles).map(([role, id]) => [`${role}_token`, tokens[id]]));
}
