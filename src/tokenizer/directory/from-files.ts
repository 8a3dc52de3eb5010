import type { OpenedSource } from "../../checkpoint";
import { FormatError } from "../../errors";
import { describe, isRecord } from "../fields";
import { readSentencePieceFile, type SentencePieceFile } from "../sentencepiece/model-file";
import { isRanks } from "../tiktoken/ranks";
import { strictTextOfUtf8, textOfUtf8 } from "../unicode";
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
import { jsonOfRecipe, type Recipe } from "./recipe";
import { gemmaRecipe, llamaRecipe, plainRecipe, t5Recipe, xlmRobertaRecipe } from "./sentencepiece-recipes";
import { bertRecipe, gpt2Recipe, idsOfLines, ranksRecipe } from "./word-recipes";

type Config = Record<string, unknown>;
type SentencePieceRecipe = (file: SentencePieceFile, config: Config) => Recipe;

const SENTENCEPIECE_FILES = [
  "tokenizer.model",
  "spiece.model",
  "sentencepiece.bpe.model",
  "spm.model",
  "sentencepiece.model",
];

/** Families that read a SentencePiece file, by their class without `Fast`. */
const SENTENCEPIECE: ReadonlyMap<string, SentencePieceRecipe> = /* @__PURE__ */ new Map([
  ["LlamaTokenizer", llamaRecipe],
  ["GemmaTokenizer", gemmaRecipe],
  ["T5Tokenizer", t5Recipe],
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
  ["PreTrainedTokenizer", plainRecipe],
  ["TokenizersBackend", plainRecipe],
]);

/** The class that a model's config.json stands for where tokenizer_config.json names none. */
const CLASS_OF_MODEL: ReadonlyMap<unknown, string> = /* @__PURE__ */ new Map([
  ["llama", "LlamaTokenizer"],
  ["gemma", "GemmaTokenizer"],
  ["t5", "T5Tokenizer"],
  ["xlm-roberta", "XLMRobertaTokenizer"],
  ["albert", "AlbertTokenizer"],
  ["xlnet", "XLNetTokenizer"],
  ["big_bird", "BigBirdTokenizer"],
  ["deberta-v2", "DebertaV2Tokenizer"],
  ["camembert", "CamembertTokenizer"],
  ["rembert", "RemBertTokenizer"],
  ["reformer", "ReformerTokenizer"],
  ["pegasus", "PegasusTokenizer"],
  ["xglm", "XGLMTokenizer"],
  ["mbart", "MBartTokenizer"],
]);

/**
 * What a tokenizer.json would say in a directory that has the older files alone: a SentencePiece file (or one of ranks
 * under its name, as Llama 3 has), vocab.json and merges.txt, or vocab.txt. The class that tokenizer_config.json names (else config.json's model type) says how a
 * SentencePiece file is read. Nothing if the directory has none of these files.
 *
 * @throws FormatError if a file lies, or the class is one that is read in a way this library does not know
 */
export async function jsonFromFiles(opened: OpenedSource, config: Config): Promise<object | undefined> {
  for (const name of SENTENCEPIECE_FILES) {
    const bytes = await opened.readOptional(name);
    if (bytes === undefined) continue;
    const file = `${opened.name}/${name}`;
    if (isRanks(bytes)) return jsonOfRecipe(ranksRecipe(textOfUtf8(bytes), file, config), config);
    const recipe = await sentencePieceRecipe(opened, name, config);
    return jsonOfRecipe(recipe(readSentencePieceFile(bytes, file), config), config);
  }
  const vocab = await textOf(opened, "vocab.json");
  const merges = vocab === undefined ? undefined : await textOf(opened, "merges.txt");
  if (vocab !== undefined && merges !== undefined) return jsonOfRecipe(gpt2Recipe(vocab, merges, config), config);
  const words = await textOf(opened, "vocab.txt");
  return words === undefined ? undefined : jsonOfRecipe(bertRecipe(idsOfLines(words), config), config);
}

async function sentencePieceRecipe(opened: OpenedSource, file: string, config: Config): Promise<SentencePieceRecipe> {
  const named = config.tokenizer_class ?? CLASS_OF_MODEL.get(await modelType(opened)) ?? "PreTrainedTokenizer";
  const recipe = typeof named === "string" ? SENTENCEPIECE.get(named.replace(/Fast$/, "")) : undefined;
  if (recipe !== undefined) return recipe;
  throw new FormatError({
    file: `${opened.name}/tokenizer_config.json`,
    at: "tokenizer_class",
    found: `${describe(named)}, beside ${file} without tokenizer.json`,
    expected: `one of ${[...SENTENCEPIECE.keys()].join(", ")}; save the tokenizer with its tokenizer.json to open others`,
  });
}

async function modelType(opened: OpenedSource): Promise<unknown> {
  const config = await opened.readOptionalJson("config.json");
  return isRecord(config) ? config.model_type : undefined;
}

async function textOf(opened: OpenedSource, name: string): Promise<string | undefined> {
  const bytes = await opened.readOptional(name);
  const text = bytes && strictTextOfUtf8(bytes);
  if (bytes === undefined || text !== undefined) return text;
  throw new FormatError({
    file: `${opened.name}/${name}`,
    found: "bytes that are not UTF-8",
    expected: "text in UTF-8",
  });
}
