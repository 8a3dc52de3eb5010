import { type AddedToken, AddedTokens } from "../added-tokens";
import { Fields } from "../fields";
import type { Model } from "../models";
import { TemplateProcessor } from "../post-processors/template";
import { findSpecialTokens } from "../special-tokens";
import { Tokenizer } from "../tokenizer";
import { DEFAULT_TRUNCATION } from "../truncation";
import { SentencePieceBpe } from "./bpe";
import { SentencePieceDecoder } from "./decoder";
import { componentsJson, endsTemplate } from "./json";
import { PIECE_TYPES, type SentencePieceFile } from "./model-file";
import { SentencePieceNormalizer } from "./normalizer";
import { SentencePieceUnigram } from "./unigram";

interface Ends {
  addBos?: boolean | undefined;
  addEos?: boolean | undefined;
}

/**
 * A tokenizer that does what SentencePiece does with such a file.
 *
 * @throws RangeError if an end is asked for that the file has no piece for
 */
export function tokenizerOfFile(file: SentencePieceFile, options: Ends): Tokenizer {
  const model: Model = file.modelType === "bpe" ? new SentencePieceBpe(file) : new SentencePieceUnigram(file);
  const normalizer = new SentencePieceNormalizer(file);
  const bos = endPiece(file, options, "bos");
  const eos = endPiece(file, options, "eos");
  const template = endsTemplate(bos, eos, (token) => model.vocabulary.id(token) as number);
  const postProcessor = template && new TemplateProcessor(new Fields(template, "post_processor"));
  const added = new AddedTokens(controlTokens(file), model.vocabulary, normalizer);
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
    config: Object.freeze(roles),
    json: componentsJson(file, template),
  });
}

/** The piece that stands at an end of a text, if it is asked for. */
function endPiece(file: SentencePieceFile, options: Ends, role: "bos" | "eos"): string | undefined {
  const option = role === "bos" ? "addBos" : "addEos";
  if (options[option] !== true) return undefined;
  const name = file.roles[role];
  if (isControl(file, name)) return name;
  throw new RangeError(
    `${option} is true, but ${file.name} has no control piece ${JSON.stringify(name)}; leave it out`,
  );
}

function isControl(file: SentencePieceFile, name: string): boolean {
  return file.pieces.some(({ piece, type }) => piece === name && type === PIECE_TYPES.control);
}

function controlTokens(file: SentencePieceFile): AddedToken[] {
  const controls = file.pieces.filter(({ type }) => type === PIECE_TYPES.control);
  const flags = { singleWord: false, lstrip: false, rstrip: false, normalized: false, special: true, hidden: true };
  return controls.map(({ piece }) => ({ content: piece, ...flags }));
}

/** The tokens with a role as a tokenizer_config.json names them; null says that there is none. */
function rolesOf(file: SentencePieceFile): Record<string, string | null> {
  const named = (["bos", "eos", "pad"] as const).map((role) => {
    const name = file.roles[role];
    return [`${role}_token`, isControl(file, name) ? name : null];
  });
  return { ...Object.fromEntries(named), unk_token: file.pieces[file.unknownId]?.piece ?? null };
}
