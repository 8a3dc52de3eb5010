import { byteToken } from "../../pipeline";
import { defaultSettings, PIECE_TYPES, type SentencePieceFile } from "../sentencepiece/model-file";
import type { MetadataFields } from "./metadata-fields";
import type { GgufVocabulary } from "./vocabulary";

/** The data that GGUF adopted from a SentencePiece model. */
export function sentencePieceFile(
  fields: MetadataFields,
  { tokens, ids, types, roles }: GgufVocabulary,
  modelType: SentencePieceFile["modelType"],
): SentencePieceFile {
  const scores = fields.numbers("scores", tokens.length);
  if (scores === undefined) throw fields.error("scores", `an array of ${tokens.length}, one entry per token`);
  const unknownId = roles.unk ?? types.indexOf(PIECE_TYPES.unknown);
  if (unknownId < 0) throw fields.error("unknown_token_id", "the id of the unknown token");
  const named = new Set(Object.values(roles));
  const bytes = Array.from({ length: 256 }, (_, byte) => byteToken(byte));
  const isUnigram = modelType === "unigram";
  return {
    ...defaultSettings(),
    name: fields.file,
    modelType,
    unknownId,
    pieces: tokens.map((piece, id) => {
      const type = types[id] as number;
      const own = id === unknownId ? PIECE_TYPES.unknown : PIECE_TYPES.control;
      return { piece, score: scores[id] as number, type: named.has(id) && type === PIECE_TYPES.normal ? own : type };
    }),
    roles: {
      ...defaultSettings().roles,
      ...Object.fromEntries(Object.entries(roles).map(([role, id]) => [role, tokens[id] as string])),
    },
    byteFallback: bytes.every((byte) => ids.has(byte)),
    addDummyPrefix: fields.boolean("add_space_prefix", !isUnigram),
    removeExtraWhitespaces: isUnigram && fields.boolean("remove_extra_whitespaces", false),
    charsmap: fields.bytes("precompiled_charsmap"),
    charsmapAt: "tokenizer.ggml.precompiled_charsmap",
  };
}
