import { FormatError } from "../../../errors";
import { describeJson } from "../../../fields";
import { robertaProcessing } from "./byte-level-recipes";
import { addedToken } from "./configured-tokens";
import { flagOf } from "./flag";
import { type Names, type Place, type Recipe, templateOf } from "./recipe";

type Config = Readonly<Record<string, unknown>>;

const A = ["A", 0] as const;
const B = ["B", 1] as const;
const BERT: Names = { unk: "[UNK]", sep: "[SEP]", pad: "[PAD]", cls: "[CLS]", mask: "[MASK]" };
const MPNET: Names = {
  bos: "<s>",
  eos: "</s>",
  sep: "</s>",
  cls: "<s>",
  unk: "[UNK]",
  pad: "<pad>",
  mask: "<mask>",
};
const FUNNEL: Names = {
  bos: "<s>",
  eos: "</s>",
  unk: "<unk>",
  sep: "<sep>",
  pad: "<pad>",
  cls: "<cls>",
  mask: "<mask>",
};
/** Classes that behave like BERT's. */
const LIKE_BERT =
  "Bert DistilBert Electra MobileBert LayoutLM LayoutLMv2 ConvBert Lxmert SqueezeBert RetriBert Realm DPRQuestionEncoder DPRContextEncoder DPRReader";

/** Makes a recipe from the ids of vocab.txt, given the configured names of roles. */
export type WordPieceRecipe = (ids: ReadonlyMap<string, number>, config: Config, names: Names) => Recipe;

/** The ids of a vocab.txt: one token per line, starting from id 0. */
export function idsOfLines(text: string): Map<string, number> {
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  return new Map(lines.map((line, id) => [line.trimEnd(), id]));
}

/** BERT's words and pieces, with the family's own names and template. */
function wordPieces(
  ids: ReadonlyMap<string, number>,
  config: Config,
  unk: string,
  defaults: Names,
  template: Recipe["template"],
): Recipe {
  return {
    model: {
      type: "WordPiece",
      unk_token: unk,
      continuing_subword_prefix: "##",
      max_input_chars_per_word: 100,
      vocab: Object.assign(Object.create(null), Object.fromEntries(ids)),
    },
    ids,
    normalizer: {
      type: "BertNormalizer",
      clean_text: true,
      handle_chinese_chars: flagOf(config, "tokenize_chinese_chars") ?? true,
      strip_accents: flagOf(config, "strip_accents") ?? null,
      lowercase: flagOf(config, "do_lower_case") ?? true,
    },
    preTokenizer: { type: "BertPreTokenizer" },
    decoder: { type: "WordPiece", prefix: "##", cleanup: true },
    defaults,
    own: [],
    template,
  };
}

/** `[CLS] A [SEP]`, `[CLS] A [SEP] B [SEP]`; `[CLS]` may have a type of its own. */
const bertTemplate =
  (typeOfCls: number): Recipe["template"] =>
  ({ cls = "[CLS]", sep = "[SEP]" }, idOf) => {
    const single: Place[] = [[cls, typeOfCls], A, [sep, 0]];
    return templateOf(single, [...single, B, [sep, 1]], idOf);
  };

/** BERT. */
export const bertRecipe: WordPieceRecipe = (ids, config, { unk = "[UNK]" }) =>
  wordPieces(ids, config, unk, BERT, bertTemplate(0));

const mpnetRecipe: WordPieceRecipe = (ids, config, { unk = "[UNK]" }) => ({
  ...wordPieces(ids, config, unk, MPNET, (names, idOf) => robertaProcessing(names, idOf, true, false)),
  maskTakesSpace: true,
});

const funnelRecipe: WordPieceRecipe = (ids, config, { unk = "<unk>" }) => {
  const recipe = wordPieces(ids, config, unk, FUNNEL, bertTemplate(2));
  const prefix = config.wordpieces_prefix ?? "##";
  return {
    ...recipe,
    normalizer: { ...recipe.normalizer, clean_text: flagOf(config, "clean_text") ?? true },
    decoder: { type: "WordPiece", prefix, cleanup: true },
  };
};

/** Splinter: a question precedes the sign of its answer. */
const splinterRecipe: WordPieceRecipe = (ids, config, { unk = "[UNK]" }) => {
  const question = config.question_token ?? "[QUESTION]";
  if (typeof question !== "string") {
    const found = describeJson(question);
    throw new FormatError({ file: "tokenizer_config.json", at: "question_token", found, expected: "a token" });
  }
  const recipe = wordPieces(ids, config, unk, BERT, ({ cls = "[CLS]", sep = "[SEP]" }, idOf) => {
    const single: Place[] = [[cls, 0], A, [sep, 0]];
    const sign: Place[] = [
      [question, 0],
      [".", 0],
    ];
    const pair: Place[] =
      config.padding_side === "left"
        ? [...single, B, ...sign, [sep, 1]]
        : [[cls, 0], A, ...sign, [sep, 0], B, [sep, 1]];
    return templateOf(single, pair, idOf);
  });
  return { ...recipe, own: [addedToken(question)] };
};

/** Families that use vocab.txt, by their class. */
export function wordPieceRecipes(): ReadonlyMap<string, WordPieceRecipe> {
  return new Map([
    ...LIKE_BERT.split(" ").map((name): [string, WordPieceRecipe] => [`${name}Tokenizer`, bertRecipe]),
    ["MPNetTokenizer", mpnetRecipe],
    ["FunnelTokenizer", funnelRecipe],
    ["SplinterTokenizer", splinterRecipe],
  ]);
}
