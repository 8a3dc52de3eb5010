import { describeJson, type Fields, isCount } from "../../../fields";
import { problem } from "../../text";
import {
  type EncodedPart,
  type EncodedTokens,
  joinTokens,
  mapPart,
  type NamedToken,
  specialTokens,
  withType,
} from "../encoding";
import { trimOffsets } from "./byte-level";
import type { PostProcessor } from "./post-processor";

/** `[CLS] A [SEP]`, `[CLS] A [SEP] B [SEP]`; the second text has type 1. */
export function readBertProcessor(fields: Fields): PostProcessor {
  const cls = readNamedToken(fields, "cls");
  const sep = readNamedToken(fields, "sep");
  return {
    tokens: { cls: cls.token, sep: sep.token },
    added: (pair) => (pair ? 3 : 2),
    process(parts, special) {
      if (!special) return parts;
      return parts.map((part, index) =>
        mapPart(part, (tokens) => surround(tokens, index === 0 ? cls : undefined, sep, index === 0 ? 0 : 1)),
      );
    },
  };
}

/** `<s> A </s>`, `<s> A </s> </s> B </s>`; every type is 0. */
export function readRobertaProcessor(fields: Fields): PostProcessor {
  const cls = readNamedToken(fields, "cls");
  const sep = readNamedToken(fields, "sep");
  const trims = fields.boolean("trim_offsets");
  const addPrefixSpace = fields.boolean("add_prefix_space");
  return {
    tokens: { cls: cls.token, sep: sep.token },
    added: (pair) => (pair ? 4 : 2),
    process(parts, special) {
      const trimmed = trims ? parts.map((part) => trimOffsets(part, addPrefixSpace)) : parts;
      // Like the reference, overflow keeps the type it has without special tokens.
      if (!special) return trimmed.map((part): EncodedPart => ({ ...part, tokens: withType(part.tokens, 0) }));
      const typed = trimmed.map((part): EncodedPart => mapPart(part, (tokens) => withType(tokens, 0)));
      return typed.map((part, index) => mapPart(part, (tokens) => surround(tokens, index === 0 ? cls : sep, sep, 0)));
    },
  };
}

function surround(
  tokens: EncodedTokens,
  before: NamedToken | undefined,
  after: NamedToken,
  type: number,
): EncodedTokens {
  return joinTokens([specialTokens(before === undefined ? [] : [before], type), tokens, specialTokens([after], type)]);
}

function readNamedToken(fields: Fields, name: string): NamedToken {
  const [token, id] = fields.list(name);
  if (typeof token === "string" && isCount(id)) return { token, id };
  throw problem(fields.path(name), `[${describeJson(token)}, ${describeJson(id)}]`, "a token and its id");
}
