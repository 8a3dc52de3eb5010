import { FormatError } from "../../../errors";
import { describeJson, isCount, isRecord } from "../../../fields";
import { configuredToken, type Role } from "../../pipeline";

/** An entry of tokenizer.json's `added_tokens`. */
export interface AddedTokenJson {
  content: string;
  single_word: boolean;
  lstrip: boolean;
  rstrip: boolean;
  normalized: boolean;
  special: boolean;
}

/** The order in which named tokens missing from the vocabulary get ids. */
const ORDER: readonly Role[] = ["bos", "eos", "unk", "sep", "pad", "cls", "mask"];
const CONFIG = "tokenizer_config.json";

export function addedToken(content: string, special = true): AddedTokenJson {
  return { content, single_word: false, lstrip: false, rstrip: false, normalized: false, special };
}

/** The names of the tokens with a role: those in the configuration, otherwise the family's own. */
export function namesOf(
  config: Readonly<Record<string, unknown>>,
  defaults: Partial<Record<Role, string>>,
): Partial<Record<Role, string>> {
  const names: Partial<Record<Role, string>> = {};
  for (const role of ORDER) {
    if (config[`${role}_token`] === null) continue;
    const name = configuredToken(config, role) ?? defaults[role];
    if (name !== undefined) names[role] = name;
  }
  return names;
}

/**
 * The added tokens of a directory without tokenizer.json: those of `added_tokens_decoder` by id, then those with a
 * role, then those named by other fields (`image_token`), then the vocabulary's own, then extra special tokens. If a
 * token occurs twice, its first flags count; a named token is special.
 *
 * @param maskTakesSpace whether the mask token includes the white space before it, by default
 * @throws FormatError naming the field of tokenizer_config.json
 */
export function configuredTokens(
  config: Readonly<Record<string, unknown>>,
  names: Partial<Record<Role, string>>,
  own: readonly AddedTokenJson[],
  maskTakesSpace = false,
): AddedTokenJson[] {
  const tokens = new Map<string, AddedTokenJson>();
  const add = (token: AddedTokenJson): void => {
    if (token.content !== "" && !tokens.has(token.content)) tokens.set(token.content, token);
  };
  readDecoder(config.added_tokens_decoder).forEach(add);
  for (const role of ORDER) {
    const name = names[role];
    if (name === undefined) continue;
    const known = tokens.get(name);
    const entry = config[`${role}_token`];
    if (known !== undefined) known.special = true;
    else if (isRecord(entry)) add({ ...readToken(entry, `${role}_token`), special: true });
    else add({ ...addedToken(name), lstrip: maskTakesSpace && role === "mask" });
  }
  const { extra, named } = extraTokens(config);
  named.forEach(add);
  own.forEach(add);
  extra.forEach(add);
  return [...tokens.values()];
}

/** Special tokens that have no role: named by a field of their own, or in a list. */
function extraTokens(config: Readonly<Record<string, unknown>>): Record<"named" | "extra", AddedTokenJson[]> {
  const field = isEmpty(config.extra_special_tokens) ? "additional_special_tokens" : "extra_special_tokens";
  const list = config[field] ?? [];
  if (!Array.isArray(list) && !isRecord(list)) throw fail(field, list, "a list of tokens, or an object with names");
  const roles = new Set<string>(ORDER.map((role) => `${role}_token`));
  const others = Object.entries(config).filter(([name, value]) => {
    return name.endsWith("_token") && !roles.has(name) && (typeof value === "string" || isRecord(value));
  });
  const token = (value: unknown, at: string): AddedTokenJson =>
    typeof value === "string" ? addedToken(value) : readToken(value, at);
  const special = (value: unknown, at: string): AddedTokenJson => ({ ...token(value, at), special: true });
  const named = others.map(([name, value]) => special(value, name));
  const at = (name: string | number): string => `${field}[${name}]`;
  // As in the reference, an object in a list declares whether it is special.
  if (Array.isArray(list)) return { named, extra: list.map((value, index) => token(value, at(index))) };
  return { named: [...named, ...Object.entries(list).map(([name, value]) => special(value, at(name)))], extra: [] };
}

function isEmpty(list: unknown): boolean {
  return list == null || (typeof list === "object" && Object.keys(list).length === 0);
}

function readDecoder(value: unknown): AddedTokenJson[] {
  if (value == null) return [];
  const at = "added_tokens_decoder";
  if (!isRecord(value)) throw fail(at, value, "an object whose keys are ids");
  return Object.entries(value)
    .map(([id, entry]) => {
      if (id === "" || !isCount(Number(id))) throw fail(at, id, "an id as the key");
      return { id: Number(id), token: readToken(entry, `${at}.${id}`) };
    })
    .sort((a, b) => a.id - b.id)
    .map(({ token }) => token);
}

function readToken(entry: unknown, at: string): AddedTokenJson {
  if (!isRecord(entry)) throw fail(at, entry, "an object with content");
  if (typeof entry.content !== "string") throw fail(`${at}.content`, entry.content, "a string");
  const flag = (name: string, fallback = false): boolean => {
    const value = Object.hasOwn(entry, name) ? entry[name] : fallback;
    if (typeof value !== "boolean") throw fail(`${at}.${name}`, value, "true or false");
    return value;
  };
  const special = flag("special");
  return {
    content: entry.content,
    single_word: flag("single_word"),
    lstrip: flag("lstrip"),
    rstrip: flag("rstrip"),
    normalized: flag("normalized", !special),
    special,
  };
}

function fail(at: string, found: unknown, expected: string): FormatError {
  return new FormatError({ file: CONFIG, at, found: describeJson(found), expected });
}
