import { Fields } from "../../../fields";
import {
  type AddedToken,
  AddedTokens,
  DEFAULT_TRUNCATION,
  findSpecialTokens,
  type Model,
  TemplateProcessor,
  Tokenizer,
} from "../../pipeline";
import { TOKENIZER_FILE } from "../../text";

import { SentencePieceBpe } from "./bpe";
import { SentencePieceDecoder } from "./decoder";
import { componentsJson, endsTemplate } from "./json";
import { PIECE_TYPES, type SentencePieceFile } from "./model-file";
import { SentencePieceNormalizer } from "./normalizer";
import { SentencePieceUnigram } from "./unigram";

interface Settings {
  addBos?: boolean | undefined;
  addEos?: boolean | undefined;
  /** Whether `<s>` in a text is the control piece; in SentencePiece it is ordinary text. */
  findsTokens?: boolean;
}

/**
 * A tokenizer that behaves like SentencePiece with this file.
 *
 * @throws RangeError if an option needs a piece that the file does not have
 */
export function tokenizerOfFile(file: SentencePieceFile, options: Settings): Tokenizer {
  const model = modelOf(file);
  const normalizer = new SentencePieceNormalizer(file);
  const bos = endPiece(file, options, "bos");
  const eos = endPiece(file, options, "eos");
  const template = endsTemplate(bos, eos, (token) => model.vocabulary.id(token) as number);
  const postProcessor = template && new TemplateProcessor(new Fields(template, TOKENIZER_FILE, "post_processor"));
  const added = new AddedTokens(ownTokens(file, options.findsTokens === true), model.vocabulary, normalizer);
  const roles = rolesOf(file);
  const special = findSpecialTokens((token) => model.vocabulary.id(token), roles, model, postProcessor);
  return new Tokenizer({
    added,
    model,
    postProcessor,
    special,
    preTokenizer: undefined,
    decoder: new SentencePieceDecoder(file),
    padding: { id: special.pad, type: 0, side: "right" },
    truncation: DEFAULT_TRUNCATION,
    cleanUpSpaces: false,
    recognizeSpecial: true,
    config: Object.freeze(roles),
    json: componentsJson(file, template),
  });
}

export function modelOf(file: SentencePieceFile): Model {
  return file.modelType === "bpe" ? new SentencePieceBpe(file) : new SentencePieceUnigram(file);
}

/** The piece at one end of a text, if requested. */
function endPiece(file: SentencePieceFile, options: Settings, role: "bos" | "eos"): string | undefined {
  const option = role === "bos" ? "addBos" : "addEos";
  if (options[option] !== true) return undefined;
  const name = file.roles[role];
  if (isControl(file, name)) return name;
  throw new RangeError(`${option} is true, but ${file.name} has no control piece ${JSON.stringify(name)}; omit it`);
}

function isControl(file: SentencePieceFile, name: string): boolean {
  return file.pieces.some(({ piece, type }) => piece === name && type === PIECE_TYPES.control);
}

/** The pieces that are never split; or, if they are not recognized in texts, those that decoding omits. */
function ownTokens(file: SentencePieceFile, found: boolean): AddedToken[] {
  const { control, unknown, userDefined } = PIECE_TYPES;
  const own: readonly number[] = found ? [control, unknown, userDefined] : [control];
  const flags = { single_word: false, lstrip: false, rstrip: false, normalized: false, hidden: !found };
  return file.pieces
    .filter(({ type }) => own.includes(type))
    .map(({ piece, type }) => ({ content: piece, special: type !== userDefined, ...flags }));
}

/** The tokens with a role, named as in tokenizer_config.json; null means none. */
function rolesOf(file: SentencePieceFile): Record<string, string | null> {
  const named = Object.entries(file.roles).map(([role, name]) => [
    `${role}_token`,
    isControl(file, name) ? name : null,
  ]);
  return { ...Object.fromEntries(named), unk_token: file.pieces[file.unknownId]?.piece ?? null };
}
