import { describeJson } from "../../../fields";
import type { Role } from "../../pipeline";
import { ID_LIMIT } from "../../vocabulary";
import { PIECE_TYPES } from "../sentencepiece/model-file";

import type { MetadataFields } from "./metadata-fields";

/** The tokens of a GGUF file. */
export interface GgufVocabulary {
  tokens: readonly string[];
  ids: ReadonlyMap<string, number>;
  /** The types of tokens, numbered as in SentencePiece's files. */
  types: readonly number[];
  /** The tokens with a role, by id. */
  roles: Partial<Record<Role, number>>;
}

/** The format's own spelling; of two names, the second is the correct one, which some writers use. */
const ROLE_KEYS: Readonly<Record<Role, readonly string[]>> = {
  bos: ["bos_token_id"],
  eos: ["eos_token_id"],
  unk: ["unknown_token_id"],
  sep: ["seperator_token_id", "separator_token_id"],
  pad: ["padding_token_id"],
  cls: ["cls_token_id"],
  mask: ["mask_token_id"],
};

/**
 * @param usual default ids of roles, used if the file marks these tokens as not normal
 * @throws FormatError naming the key and the index
 */
export function readVocabulary(fields: MetadataFields, usual: Partial<Record<Role, number>> = {}): GgufVocabulary {
  const tokens = fields.strings("tokens").map((token, id) => (token === "" ? `[EMPTY_${id}]` : token));
  if (tokens.length > ID_LIMIT) throw fields.error("tokens", `at most ${ID_LIMIT} tokens`);
  const ids = new Map<string, number>();
  tokens.forEach((token, id) => {
    const other = ids.get(token);
    if (other !== undefined) {
      throw fields.error(`tokens[${id}]`, "unique tokens", `${describeJson(token)}, which is token ${other}`);
    }
    ids.set(token, id);
  });
  const types = [...(fields.numbers("token_type", tokens.length) ?? tokens.map(() => PIECE_TYPES.normal))];
  const known = new Set<number>(Object.values(PIECE_TYPES));
  const wrong = types.findIndex((type) => !known.has(type));
  if (wrong >= 0) throw fields.error(`token_type[${wrong}]`, "a type from 1 to 6", String(types[wrong]));
  const roles: Partial<Record<Role, number>> = {};
  for (const [role, names] of Object.entries(ROLE_KEYS) as [Role, string[]][]) {
    const id = names.map((name) => fields.id(name, tokens.length)).find((value) => value !== undefined);
    const other = usual[role];
    if (id !== undefined) roles[role] = id;
    else if (other !== undefined && types[other] !== PIECE_TYPES.normal && other < tokens.length) roles[role] = other;
  }
  return { tokens, ids, types, roles };
}

/**
 * Which ends of a text get a special token: as the file specifies, otherwise the usual ones if the file has the token.
 *
 * @throws FormatError if the file requires a token that it does not have
 */
export function endsOf(
  fields: MetadataFields,
  { roles }: GgufVocabulary,
  usual: Readonly<Record<"bos" | "eos", boolean>>,
): Record<"bos" | "eos", boolean> {
  const adds = (role: "bos" | "eos"): boolean => {
    const key = `add_${role}_token`;
    const flag = fields.boolean(key, usual[role] && roles[role] !== undefined);
    if (!flag || roles[role] !== undefined) return flag;
    throw fields.error(`${role}_token_id`, `an id, because ${key} is true`);
  };
  return { bos: adds("bos"), eos: adds("eos") };
}
