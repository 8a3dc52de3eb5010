import type { OpenedSource } from "../../../checkpoint";
import { FormatError } from "../../../errors";
import { describeJson, Fields, formatError, isCount } from "../../../fields";
import {
  AddedTokens,
  DEFAULT_TRUNCATION,
  type Decoder,
  findSpecialTokens,
  TemplateProcessor,
  Tokenizer,
} from "../../pipeline";
import { strictTextOfUtf8, TOKENIZER_FILE } from "../../text";
import { Vocabulary } from "../../vocabulary";

import { readVocabJson } from "../from-vocab-and-merges";

import { SentencePieceDecoder } from "../sentencepiece/decoder";
import { componentsJson } from "../sentencepiece/json";
import { PIECE_TYPES, readSentencePieceFile, type SentencePieceFile } from "../sentencepiece/model-file";
import { SentencePieceNormalizer, SPACE_SIGN } from "../sentencepiece/normalizer";
import { RenumberedModel } from "../sentencepiece/renumbered";
import { modelOf } from "../sentencepiece/tokenizer-of-file";

import { namesOf } from "./configured-tokens";
import { templateOf } from "./recipe";

type Config = Readonly<Record<string, unknown>>;

const SOURCE = "source.spm";
const TARGET = "target.spm";
const VOCABULARY = "vocab.json";
const TEXT = ["A", 0] as const;
const LANGUAGE = /^>>.+<<$/s;

/**
 * Marian's tokenizer: source.spm splits texts into pieces, target.spm joins pieces to text, and vocab.json has the ids
 * of both. A language code (`>>fra<<`) is a single token. Undefined if the directory has no source.spm.
 *
 * Punctuation is not normalized, as in transformers without the package sacremoses.
 *
 * @throws FormatError naming the file and the field or byte
 * @see https://arxiv.org/abs/1804.00344
 */
export async function marianTokenizer(opened: OpenedSource, config: Config): Promise<Tokenizer | undefined> {
  const bytes = await opened.readOptional(SOURCE);
  if (bytes === undefined) return undefined;
  if (config.separate_vocabs === true) {
    const expected = "false: one vocab.json for both languages";
    throw new FormatError({ file: "tokenizer_config.json", at: "separate_vocabs", found: "true", expected });
  }
  const source = readSentencePieceFile(bytes, `${opened.name}/${SOURCE}`);
  const target = readSentencePieceFile(await opened.read(TARGET), `${opened.name}/${TARGET}`);
  const vocabulary = readVocabulary(await opened.read(VOCABULARY), `${opened.name}/${VOCABULARY}`);
  return tokenizerOf(source, target, vocabulary, config, `${opened.name}/${VOCABULARY}`);
}

function readVocabulary(bytes: Uint8Array, file: string): Vocabulary {
  const text = strictTextOfUtf8(bytes);
  if (text === undefined) throw new FormatError({ file, found: "invalid UTF-8", expected: "UTF-8 encoded JSON" });
  const entries = Object.entries(readVocabJson(text));
  const vocabulary = new Vocabulary();
  for (const [token, id] of entries) {
    const fail = (found: string, expected: string) => formatError(file, describeJson(token), found, expected);
    if (!isCount(id) || id >= entries.length)
      throw fail(describeJson(id), `an id below ${entries.length}, the number of tokens`);
    const other = vocabulary.token(id);
    if (other !== undefined) throw fail(`id ${id}, which ${describeJson(other)} also has`, "a unique id");
    vocabulary.set(token, id);
  }
  return vocabulary;
}

function tokenizerOf(
  source: SentencePieceFile,
  target: SentencePieceFile,
  vocabulary: Vocabulary,
  config: Config,
  file: string,
): Tokenizer {
  const idOf = (token: string): number => {
    const id = vocabulary.id(token);
    if (id !== undefined) return id;
    throw new FormatError({
      file,
      found: `no token ${describeJson(token)}`,
      expected: "tokens for the end and for unknown pieces",
    });
  };
  const names = namesOf(config, { unk: "<unk>", eos: "</s>", pad: "<pad>" });
  const { unk = "<unk>", eos = "</s>" } = names;
  const normal = source.pieces.filter(({ type }) => type === PIECE_TYPES.normal);
  const scores = new Map(normal.map(({ piece, score }) => [piece, score]));
  idOf(unk);
  const model = new RenumberedModel(modelOf(source), scores, vocabulary, unk);
  const template = templateOf([TEXT, [eos, 0]], [TEXT, ["B", 1], [eos, 1]], idOf);
  const postProcessor = new TemplateProcessor(new Fields(template, TOKENIZER_FILE, "post_processor"));
  const languages = Object.keys(vocabulary.toJson()).filter((token) => LANGUAGE.test(token));
  const special = new Set(Object.values(names).filter((token) => vocabulary.id(token) !== undefined));
  const flags = { single_word: false, lstrip: false, rstrip: false, normalized: false };
  const tokens = [...special, ...languages].map((content) => ({ content, special: special.has(content), ...flags }));
  const roles = Object.fromEntries(Object.entries(names).map(([role, token]) => [`${role}_token`, token]));
  const ids = findSpecialTokens((token) => vocabulary.id(token), roles, model, postProcessor);
  return new Tokenizer({
    added: new AddedTokens(tokens, vocabulary, new SentencePieceNormalizer(source)),
    model,
    postProcessor,
    special: ids,
    preTokenizer: undefined,
    decoder: decoderOf(target, special),
    padding: { id: ids.pad, type: 0, side: "right" },
    truncation: DEFAULT_TRUNCATION,
    cleanUpSpaces: config.clean_up_tokenization_spaces === true,
    recognizeSpecial: config.split_special_tokens !== true,
    // It is written as a tokenizer.json, which Python's MarianTokenizer does not read.
    config: Object.freeze({ ...config, tokenizer_class: "PreTrainedTokenizerFast" }),
    json: componentsJson(source, template),
  });
}

/** Special tokens that are kept separate the pieces before and after them. */
function decoderOf(target: SentencePieceFile, special: ReadonlySet<string>): Decoder {
  const pieces = new SentencePieceDecoder(target);
  return {
    decode(tokens) {
      let text = "";
      let current: string[] = [];
      for (const token of tokens) {
        if (special.has(token)) {
          text += `${pieces.decode(current).join("")}${token} `;
          current = [];
        } else {
          current.push(token);
        }
      }
      return [(text + pieces.decode(current).join("")).replaceAll(SPACE_SIGN, " ").trim()];
    },
    unsettled: (tokens) => pieces.unsettled(tokens),
  };
}
