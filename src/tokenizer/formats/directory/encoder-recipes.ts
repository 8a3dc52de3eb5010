import { FormatError } from "../../../errors";
import { describeJson, isCount } from "../../../fields";
import type { SentencePieceFile } from "../sentencepiece/model-file";
import { SPACE_SIGN } from "../sentencepiece/normalizer";
import { addedToken } from "./configured-tokens";
import { flagOf } from "./flag";
import { type IdOf, type Names, type Place, type Recipe, templateOf } from "./recipe";
import {
  idsOf,
  MOST_EXTRA_IDS,
  ownTokens,
  plainModel,
  precompiled,
  sentencePieceNormalizers,
  words,
} from "./sentencepiece-recipes";

type Config = Record<string, unknown>;

const A = ["A", 0] as const;
const B = ["B", 1] as const;
const BERT_NAMES = { bos: "[CLS]", eos: "[SEP]", sep: "[SEP]", cls: "[CLS]", mask: "[MASK]" };
const QUOTES = [
  { type: "Replace", pattern: { String: "``" }, content: '"' },
  { type: "Replace", pattern: { String: "''" }, content: '"' },
];
const SPACES = { type: "Replace", pattern: { Regex: " {2,}" }, content: " " };
/** Default offset of Pegasus's piece ids. */
const PEGASUS_OFFSET = 103;
/** These pieces should not have absorbed the comma after a digit. */
const DIGIT_AND_COMMA = /\p{Nd},$/u;

/** What encoder families with a SentencePiece file have in common. */
export function encoder(file: SentencePieceFile, config: Config, normalizers: (object | undefined)[]) {
  const prepend_scheme = (flagOf(config, "add_prefix_space") ?? true) ? "always" : "never";
  const metaspace = { type: "Metaspace", replacement: SPACE_SIGN, prepend_scheme, split: true };
  return {
    model: plainModel(file, false),
    ids: idsOf(file.pieces.map(({ piece }) => piece)),
    normalizer: { type: "Sequence", normalizers: normalizers.filter((step) => step !== undefined) },
    preTokenizer: metaspace as object,
    decoder: metaspace,
    own: ownTokens(file),
  };
}

/** `[CLS]` before a text, `[SEP]` after each. */
function bertTemplate({ cls = "[CLS]", sep = "[SEP]" }: Names, idOf: IdOf): object {
  const single: Place[] = [[cls, 0], A, [sep, 0]];
  return templateOf(single, [...single, B, [sep, 1]], idOf);
}

/** Removes accents unless `keep_accents`; lower-cases if `do_lower_case`. */
function folded(config: Config, lowercases: boolean): (object | undefined)[] {
  const accents = flagOf(config, "keep_accents") === true ? [] : [{ type: "NFKD" }, { type: "StripAccents" }];
  return [...accents, (flagOf(config, "do_lower_case") ?? lowercases) ? { type: "Lowercase" } : undefined];
}

/** ALBERT. */
export function albertRecipe(file: SentencePieceFile, config: Config): Recipe {
  const pieces = file.pieces.map((piece) =>
    DIGIT_AND_COMMA.test(piece.piece) ? { ...piece, score: piece.score - 100 } : piece,
  );
  return {
    ...encoder({ ...file, pieces }, config, [...QUOTES, ...folded(config, true), precompiled(file), SPACES]),
    defaults: { ...BERT_NAMES, unk: "<unk>", pad: "<pad>" },
    maskTakesSpace: true,
    template: bertTemplate,
  };
}

/** XLNet: its two special tokens follow the text. */
export function xlnetRecipe(file: SentencePieceFile, config: Config): Recipe {
  const parts = encoder(file, config, [...QUOTES, ...folded(config, false), precompiled(file), SPACES]);
  return {
    ...parts,
    preTokenizer: { type: "Sequence", pretokenizers: [{ type: "WhitespaceSplit" }, parts.preTokenizer] },
    defaults: { bos: "<s>", eos: "</s>", unk: "<unk>", sep: "<sep>", pad: "<pad>", cls: "<cls>", mask: "<mask>" },
    maskTakesSpace: true,
    template: ({ cls = "<cls>", sep = "<sep>" }, idOf) =>
      templateOf([A, [sep, 0], [cls, 2]], [A, [sep, 0], B, [sep, 1], [cls, 2]], idOf),
  };
}

/** BigBird. */
export function bigBirdRecipe(file: SentencePieceFile, config: Config): Recipe {
  return {
    ...encoder(file, config, sentencePieceNormalizers(file)),
    defaults: { ...BERT_NAMES, bos: "<s>", eos: "</s>", unk: "<unk>", pad: "<pad>" },
    maskTakesSpace: true,
    template: bertTemplate,
  };
}

/** RemBERT. */
export function remBertRecipe(file: SentencePieceFile, config: Config): Recipe {
  const keeps = flagOf(config, "keep_accents") ?? true;
  const steps = [...QUOTES, SPACES, ...folded({ ...config, keep_accents: keeps }, false), precompiled(file)];
  return {
    ...encoder(file, config, steps),
    defaults: { ...BERT_NAMES, unk: "<unk>", pad: "<pad>" },
    maskTakesSpace: true,
    template: bertTemplate,
  };
}

/** Reformer: no special tokens around a text. */
export function reformerRecipe(file: SentencePieceFile, config: Config): Recipe {
  return { ...encoder(file, config, [precompiled(file), SPACES]), defaults: { eos: "</s>", unk: "<unk>" } };
}

/** Pegasus: `offset` reserved ids precede the pieces, and the end token follows the text or texts. */
export function pegasusRecipe(file: SentencePieceFile, config: Config): Recipe {
  const offset = config.offset ?? PEGASUS_OFFSET;
  if (!isCount(offset) || offset < 4 || offset > MOST_EXTRA_IDS) {
    const expected = `an integer from 4 to ${MOST_EXTRA_IDS}`;
    throw new FormatError({ file: "tokenizer_config.json", at: "offset", found: describeJson(offset), expected });
  }
  const unused = Array.from({ length: offset - 2 }, (_, index) => `<unk_${index + 2}>`);
  const vocab = [
    ...["<pad>", "</s>", "<mask_1>", "<mask_2>"].map((token): [string, number] => [token, 0]),
    ...unused.map((token): [string, number] => [token, -100]),
    ...file.pieces.slice(2).map(({ piece, score }): [string, number] => [piece, score]),
  ];
  const prepend = (flagOf(config, "add_prefix_space") ?? true) ? "always" : "never";
  return {
    ...words(vocab, file.unknownId + offset, prepend),
    normalizer: { type: "Sequence", normalizers: sentencePieceNormalizers(file) },
    defaults: { eos: "</s>", unk: "<unk>", pad: "<pad>", mask: "<mask_2>" },
    own: [...ownTokens(file), ...["<mask_1>", ...unused].map((token) => addedToken(token))],
    template: ({ eos = "</s>" }, idOf) =>
      templateOf(
        [
          ["A", 0],
          [eos, 0],
        ],
        [
          ["A", 0],
          ["B", 0],
          [eos, 0],
        ],
        idOf,
      ),
  };
}

/** DeBERTa, versions 2 and 3. */
export function debertaRecipe(file: SentencePieceFile, config: Config): Recipe {
  const lowercase = flagOf(config, "do_lower_case") === true ? { type: "Lowercase" } : undefined;
  const ends = { type: "Strip", strip_left: true, strip_right: true };
  const parts = encoder(file, config, [lowercase, ends, precompiled(file), SPACES]);
  const punctuation = flagOf(config, "split_by_punct") ? [{ type: "Punctuation", behavior: "Isolated" }] : [];
  return {
    ...parts,
    preTokenizer: { type: "Sequence", pretokenizers: [...punctuation, parts.preTokenizer] },
    defaults: { ...BERT_NAMES, unk: "[UNK]", pad: "[PAD]" },
    template: bertTemplate,
  };
}

/** CamemBERT: five ids of its own precede SentencePiece's, and the mask is the last. */
export function camembertRecipe(file: SentencePieceFile, config: Config): Recipe {
  const { pad_token = "<pad>", unk_token = "<unk>", mask_token = "<mask>" } = config;
  const vocab = [
    ["<s>NOTUSED", 0],
    [pad_token, 0],
    ["</s>NOTUSED", 0],
    [unk_token, 0],
    ["<unk>NOTUSED", -100],
    ...file.pieces.slice(1).map(({ piece, score }) => [piece, score]),
    [mask_token, 0],
  ] as [string, number][];
  return {
    ...words(vocab, 3, (flagOf(config, "add_prefix_space") ?? true) ? "always" : "never"),
    normalizer: precompiled(file),
    defaults: { bos: "<s>", eos: "</s>", sep: "</s>", cls: "<s>", unk: "<unk>", pad: "<pad>", mask: "<mask>" },
    own: ownTokens(file),
    maskTakesSpace: true,
    template: ({ cls = "<s>", sep = "</s>" }, idOf) => {
      const single: Place[] = [[cls, 0], A, [sep, 0]];
      return templateOf(single, [...single, [sep, 0], ["B", 0], [sep, 0]], idOf);
    },
  };
}
