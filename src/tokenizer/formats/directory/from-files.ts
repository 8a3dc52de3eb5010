import type { OpenedSource } from "../../../checkpoint";
import { FormatError } from "../../../errors";
import { describeJson } from "../../../fields";
import { strictTextOfUtf8, textOfUtf8 } from "../../text";
import { readMergeLines, readVocabJson } from "../from-vocab-and-merges";
import { readSentencePieceFile, type SentencePieceFile } from "../sentencepiece/model-file";
import { isRanks } from "../tiktoken/ranks";

import { namesOf } from "./configured-tokens";
import {
  albertRecipe,
  bigBirdRecipe,
  camembertRecipe,
  debertaRecipe,
  pegasusRecipe,
  reformerRecipe,
  remBertRecipe,
  xlnetRecipe,
} from "./encoder-recipes";
import { barthezRecipe, mbart50Recipe, mbartRecipe, xglmRecipe } from "./fairseq-recipes";
import { type MergesRecipe, mergesRecipes } from "./merges-recipes";
import { ranksRecipe } from "./ranks-recipe";
import { type DirectoryJson, jsonOfRecipe, type Recipe } from "./recipe";
import { gemmaRecipe, llamaRecipe, plainRecipe, t5Recipe, xlmRobertaRecipe } from "./sentencepiece-recipes";
import { bertRecipe, idsOfLines, type WordPieceRecipe, wordPieceRecipes } from "./word-piece-recipes";

type Config = Record<string, unknown>;
type SentencePieceRecipe = (file: SentencePieceFile, config: Config) => Recipe;

const SENTENCEPIECE_FILES = [
  "tokenizer.model",
  "spiece.model",
  "sentencepiece.bpe.model",
  "spm.model",
  "sentencepiece.model",
];

/** Families that read a SentencePiece file, by their class. */
const SENTENCEPIECE: ReadonlyMap<string, SentencePieceRecipe> = /* @__PURE__ */ new Map([
  ["LlamaTokenizer", llamaRecipe],
  ["GemmaTokenizer", gemmaRecipe],
  ["T5Tokenizer", t5Recipe],
  ["MT5Tokenizer", t5Recipe],
  ["XLMRobertaTokenizer", xlmRobertaRecipe],
  ["AlbertTokenizer", albertRecipe],
  ["XLNetTokenizer", xlnetRecipe],
  ["BigBirdTokenizer", bigBirdRecipe],
  ["DebertaV2Tokenizer", debertaRecipe],
  ["CamembertTokenizer", camembertRecipe],
  ["RemBertTokenizer", remBertRecipe],
  ["ReformerTokenizer", reformerRecipe],
  ["PegasusTokenizer", pegasusRecipe],
  ["BarthezTokenizer", barthezRecipe],
  ["XGLMTokenizer", xglmRecipe],
  ["MBartTokenizer", mbartRecipe],
  ["MBart50Tokenizer", mbart50Recipe],
]);

/**
 * The equivalent tokenizer.json for a directory with only older files: a SentencePiece file (or a ranks file under its
 * name, as in Llama 3), vocab.json and merges.txt, or vocab.txt. The class determines which files are read, and how;
 * without a class, the existing files are read in the most common way. Undefined if the directory has none of these
 * files.
 *
 * @param className the tokenizer's class without `Fast`; undefined if unknown
 * @throws FormatError if a file is malformed or the class is unsupported
 */
export async function jsonFromFiles(
  opened: OpenedSource,
  config: Config,
  className: string | undefined,
): Promise<DirectoryJson | undefined> {
  const merges = mergesRecipes();
  const pieces = wordPieceRecipes();
  const isUnknown = (known: ReadonlyMap<string, unknown>) => className !== undefined && !known.has(className);
  const read = [
    isUnknown(SENTENCEPIECE) ? undefined : () => fromSentencePiece(opened, config, className),
    isUnknown(merges) ? undefined : () => fromMerges(opened, config, merges.get(className ?? "GPT2Tokenizer")),
    isUnknown(pieces) ? undefined : () => fromVocabulary(opened, config, pieces.get(className ?? "") ?? bertRecipe),
  ];
  for (const attempt of read) {
    const json = await attempt?.();
    if (json !== undefined) return json;
  }
  if (className === undefined || className === "MarianTokenizer" || !(await hasVocabulary(opened))) return undefined;
  const known = [...SENTENCEPIECE.keys(), ...merges.keys(), ...pieces.keys(), "MarianTokenizer"];
  throw new FormatError({
    file: `${opened.name}/tokenizer_config.json`,
    at: "tokenizer_class",
    found: `${describeJson(className)} without tokenizer.json`,
    expected: known.includes(className)
      ? `tokenizer.json or ${filesOf(className, merges)} next to it`
      : `one of ${known.join(", ")}; for other classes, save the tokenizer with a tokenizer.json`,
  });
}

async function hasVocabulary(opened: OpenedSource): Promise<boolean> {
  for (const name of [...SENTENCEPIECE_FILES, "vocab.json", "vocab.txt"]) {
    if ((await opened.readOptional(name)) !== undefined) return true;
  }
  return false;
}

function filesOf(className: string, merges: ReadonlyMap<string, unknown>): string {
  if (SENTENCEPIECE.has(className)) return `one of ${SENTENCEPIECE_FILES.join(", ")}`;
  return merges.has(className) ? "vocab.json and merges.txt" : "vocab.txt";
}

async function fromSentencePiece(opened: OpenedSource, config: Config, className: string | undefined) {
  for (const name of SENTENCEPIECE_FILES) {
    const bytes = await opened.readOptional(name);
    if (bytes === undefined) continue;
    const file = `${opened.name}/${name}`;
    const recipe = isRanks(bytes)
      ? ranksRecipe(textOfUtf8(bytes), file, /^LlamaTokenizer(Fast)?$/.test(String(config.tokenizer_class)))
      : (SENTENCEPIECE.get(className ?? "") ?? plainRecipe)(readSentencePieceFile(bytes, file), config);
    return jsonOfRecipe(recipe, config);
  }
  return undefined;
}

async function fromMerges(opened: OpenedSource, config: Config, recipe: MergesRecipe | undefined) {
  const vocab = await textOf(opened, "vocab.json");
  const merges = vocab === undefined ? undefined : await textOf(opened, "merges.txt");
  if (recipe === undefined || vocab === undefined || merges === undefined) return undefined;
  const ids = new Map(Object.entries(readVocabJson(vocab) as Record<string, number>));
  return jsonOfRecipe(recipe({ ids, merges: readMergeLines(merges) }, config, namesOf(config, {})), config);
}

async function fromVocabulary(opened: OpenedSource, config: Config, recipe: WordPieceRecipe) {
  const words = await textOf(opened, "vocab.txt");
  return words === undefined ? undefined : jsonOfRecipe(recipe(idsOfLines(words), config, namesOf(config, {})), config);
}

async function textOf(opened: OpenedSource, name: string): Promise<string | undefined> {
  const bytes = await opened.readOptional(name);
  const text = bytes && strictTextOfUtf8(bytes);
  if (bytes === undefined || text !== undefined) return text;
  throw new FormatError({
    file: `${opened.name}/${name}`,
    found: "invalid UTF-8",
    expected: "UTF-8 text",
  });
}
