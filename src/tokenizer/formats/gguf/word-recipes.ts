import { addedToken } from "../directory/configured-tokens";
import type { Recipe } from "../directory/recipe";
import { bertRecipe } from "../directory/word-piece-recipes";
import { PIECE_TYPES } from "../sentencepiece/model-file";
import { SPACE_SIGN } from "../sentencepiece/normalizer";
import type { MetadataFields } from "./metadata-fields";
import type { GgufPreTokenizer } from "./pre-tokenizers";
import type { GgufVocabulary } from "./vocabulary";

const BYTE_LEVEL = { type: "ByteLevel", add_prefix_space: true, trim_offsets: true, use_regex: true };

/** Byte-level BPE. */
export function bpeRecipe(fields: MetadataFields, vocabulary: GgufVocabulary, cutting: GgufPreTokenizer): Recipe {
  const { ids } = vocabulary;
  // A token may be named `__proto__`. Created in one call, because an object of this size is slow to build.
  const vocab: Record<string, number> = Object.create(null);
  for (const [token, id] of ids) vocab[token] = id;
  return {
    model: {
      type: "BPE",
      vocab,
      merges: readMerges(fields),
      ignore_merges: cutting.ignoreMerges ?? false,
    },
    ids,
    preTokenizer: cutting.json,
    decoder: BYTE_LEVEL,
    defaults: {},
    own: ownTokens(vocabulary.tokens, vocabulary.types),
  };
}

/** A merge is two tokens separated by a space; a token contains no space, except as its first character. */
function readMerges(fields: MetadataFields): [string, string][] {
  return fields.strings("merges").map((merge, index) => {
    const space = merge.indexOf(" ", 1);
    if (space > 0) return [merge.slice(0, space), merge.slice(space + 1)];
    throw fields.error(`merges[${index}]`, "two tokens separated by a space", JSON.stringify(merge));
  });
}

/**
 * WordPiece. GGUF marks tokens that begin a word, where BERT's vocabulary marks those that continue one with `##`; here
 * the tokens have BERT's names.
 */
export function wordPieceRecipe(fields: MetadataFields, vocabulary: GgufVocabulary): Recipe {
  const tokens = bertTokens(vocabulary);
  const ids = new Map(tokens.map((token, id) => [token, id]));
  if (ids.size < tokens.length) throw fields.error("tokens", "tokens that differ in more than the leading sign");
  const { unk } = vocabulary.roles;
  if (unk === undefined) throw fields.error("unknown_token_id", "the id of the unknown token");
  const lowercase = fields.boolean("normalizer.lowercase", true);
  const accents = fields.boolean("normalizer.strip_accents", lowercase);
  const recipe = bertRecipe(ids, { do_lower_case: lowercase, strip_accents: accents }, { unk: tokens[unk] as string });
  // Without default names, which would be added if the file has none of them.
  return { ...recipe, defaults: {}, own: ownTokens(tokens, vocabulary.types) };
}

export function bertTokens({ tokens, types }: GgufVocabulary): string[] {
  return tokens.map((token, id) => {
    if (token.startsWith(SPACE_SIGN)) return token.slice(SPACE_SIGN.length);
    return types[id] === PIECE_TYPES.normal && !/^\[.+\]$/.test(token) ? `##${token}` : token;
  });
}

/** The special tokens that are recognized in a text. */
function ownTokens(tokens: readonly string[], types: readonly number[]): Recipe["own"] {
  const { control, unknown, userDefined } = PIECE_TYPES;
  const own: readonly (number | undefined)[] = [control, unknown, userDefined];
  return tokens.flatMap((token, id) => (own.includes(types[id]) ? [addedToken(token, types[id] !== userDefined)] : []));
}
