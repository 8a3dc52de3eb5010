import type { OpenedSource } from "../../../checkpoint";
import { FormatError } from "../../../errors";
import { describeJson, isCount, isRecord } from "../../../fields";
import { addedToken } from "./configured-tokens";

type Config = Readonly<Record<string, unknown>>;

const MAP = "special_tokens_map.json";
const ADDED = "added_tokens.json";

/**
 * The configuration merged with older files, as in transformers: special_tokens_map.json overrides fields of the same
 * names, and added_tokens.json has tokens with their ids. Both are ignored if tokenizer_config.json has an
 * `added_tokens_decoder`.
 *
 * @throws FormatError naming the file and the field
 */
export async function withLegacyFiles(opened: OpenedSource, config: Config): Promise<Config> {
  if (Object.hasOwn(config, "added_tokens_decoder")) return config;
  const [map, tokens] = await Promise.all([opened.readOptionalJson(MAP), opened.readOptionalJson(ADDED)]);
  const merged: Config = { ...config, ...readMap(map, `${opened.name}/${MAP}`) };
  const added = readAdded(tokens, `${opened.name}/${ADDED}`);
  if (added === undefined) return merged;
  const special = specialNames(merged);
  const entries = added.map(([token, id]) => {
    const isSpecial = special.has(token);
    return [id, { ...addedToken(token, isSpecial), normalized: !isSpecial }] as const;
  });
  return { ...merged, added_tokens_decoder: Object.fromEntries(entries) };
}

function readMap(json: unknown, file: string): Config {
  if (json === undefined) return {};
  if (!isRecord(json)) throw new FormatError({ file, found: describeJson(json), expected: "an object of tokens" });
  for (const [name, value] of Object.entries(json)) {
    const isList = name === "additional_special_tokens" || name === "extra_special_tokens";
    const isRight = isList
      ? isRecord(value) || (Array.isArray(value) && value.every(isToken))
      : value === null || isToken(value);
    if (!isRight) {
      const expected = isList ? "a list of tokens" : "a token, or an object with content";
      throw new FormatError({ file, at: name, found: describeJson(value), expected });
    }
  }
  return Object.fromEntries(Object.entries(json).map(([name, value]) => [name, marked(value)]));
}

/** Tokens as in tokenizer_config.json, where Python requires objects to declare their type. */
function marked(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(marked);
  return isToken(value) && isRecord(value) ? { __type: "AddedToken", special: true, ...value } : value;
}

const isToken = (value: unknown): boolean =>
  typeof value === "string" || (isRecord(value) && typeof value.content === "string");

function readAdded(json: unknown, file: string): [token: string, id: number][] | undefined {
  if (json === undefined) return undefined;
  if (!isRecord(json))
    throw new FormatError({ file, found: describeJson(json), expected: "an object that maps tokens to ids" });
  return Object.entries(json).map(([token, id]) => {
    if (isCount(id)) return [token, id];
    throw new FormatError({ file, at: describeJson(token), found: describeJson(id), expected: "an id" });
  });
}

/** The tokens that the configuration names with a role, or as special tokens. */
function specialNames(config: Config): ReadonlySet<unknown> {
  const more = config.extra_special_tokens ?? config.additional_special_tokens;
  const named = Object.entries(config).filter(([name]) => name.endsWith("_token"));
  const values = [...named.map(([, value]) => value), ...(Array.isArray(more) ? more : [])];
  return new Set(values.map((value) => (isRecord(value) ? value.content : value)));
}
