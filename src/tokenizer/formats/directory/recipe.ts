import { FormatError } from "../../../errors";
import { describeJson } from "../../../fields";
import { ROLES, type Role } from "../../pipeline";
import { endsTemplate } from "../sentencepiece/json";

import { type AddedTokenJson, configuredTokens, namesOf } from "./configured-tokens";
import { flagOf } from "./flag";

export type Names = Partial<Record<Role, string>>;
export type IdOf = (token: string) => number;

/** What a family makes of its files: the parts of a tokenizer.json and the tokens that it names. */
export interface Recipe {
  model: Record<string, unknown>;
  /** The model's tokens with their ids. */
  ids: ReadonlyMap<string, number>;
  normalizer?: object | undefined;
  preTokenizer?: object | undefined;
  decoder?: object | undefined;
  /** The family's names for tokens with a role. */
  defaults: Names;
  /** Tokens that the files mark as never split. */
  own: readonly AddedTokenJson[];
  /** Whether the mask includes the white space before it. */
  maskTakesSpace?: boolean;
  /** The family's own template; without one, it follows `add_bos_token` and `add_eos_token`. */
  template?: ((names: Names, idOf: IdOf) => object) | undefined;
}

/** The equivalent of a directory without tokenizer.json. */
export interface DirectoryJson {
  /** The tokenizer.json. */
  json: Readonly<Record<string, unknown>>;
  /** The tokens with a role, named as in tokenizer_config.json; null means none. */
  roles: Record<string, string | null>;
}

/** The tokenizer.json for a directory that has none. */
export function jsonOfRecipe(recipe: Recipe, config: Readonly<Record<string, unknown>>): DirectoryJson {
  const { ids, model } = recipe;
  const names = namesOf(config, recipe.defaults);
  const tokens = configuredTokens(config, names, recipe.own, recipe.maskTakesSpace);
  const added = new Map<string, number>();
  for (const { content } of tokens) if (!ids.has(content)) added.set(content, ids.size + added.size);
  const idOf = (token: string): number => {
    const id = ids.get(token) ?? added.get(token);
    if (id !== undefined) return id;
    const expected = "the token, because this class adds it to texts";
    throw new FormatError({ file: "the vocabulary", found: `no token ${describeJson(token)}`, expected });
  };
  const end = (role: "bos" | "eos"): string | undefined =>
    flagOf(config, `add_${role}_token`) === true ? names[role] : undefined;
  const json = {
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: tokens.map((token) => ({ id: idOf(token.content), ...token })),
    normalizer: recipe.normalizer ?? null,
    pre_tokenizer: recipe.preTokenizer ?? null,
    post_processor: recipe.template?.(names, idOf) ?? endsTemplate(end("bos"), end("eos"), idOf) ?? null,
    decoder: recipe.decoder ?? null,
    model,
  };
  return { json, roles: Object.fromEntries(ROLES.map((role) => [`${role}_token`, names[role] ?? null])) };
}

export type Place = readonly [token: string, type: number];

/** A template from token names, with `A` and `B` for the texts; each place with its type id. */
export function templateOf(single: readonly Place[], pair: readonly Place[], idOf: IdOf): object {
  const place = ([id, type_id]: Place): object =>
    id === "A" || id === "B" ? { Sequence: { id, type_id } } : { SpecialToken: { id, type_id } };
  const tokens = new Set([...single, ...pair].map(([id]) => id).filter((id) => id !== "A" && id !== "B"));
  return {
    type: "TemplateProcessing",
    single: single.map(place),
    pair: pair.map(place),
    special_tokens: Object.fromEntries([...tokens].map((id) => [id, { id, ids: [idOf(id)], tokens: [id] }])),
  };
}

/** `<s>` before a text, `</s>` after each, and another `</s>` before the second. */
export function robertaTemplate({ bos = "<s>", eos = "</s>" }: Names, idOf: IdOf): object {
  const single: Place[] = [
    [bos, 0],
    ["A", 0],
    [eos, 0],
  ];
  return templateOf(single, [...single, [eos, 0], ["B", 0], [eos, 0]], idOf);
}
