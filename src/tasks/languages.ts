import type { Loaded } from "./loaded";

type Tokenizer = Loaded["tokenizer"];

/** How a model is told the languages. */
export type LanguageStyle =
  /** mBART: `text </s> en_XX`. */
  | "after"
  /** mBART-50, M2M-100, NLLB: `__en__ text </s>`. */
  | "before"
  /** Multilingual Marian: `>>fra<< text`; MADLAD: `<2fr> text`. The source's language is not told. */
  | "target";

/** The language tokens of a tokenizer, and how they are used. */
export interface Languages {
  style: LanguageStyle;
  /** By their tokens. */
  ids: ReadonlyMap<string, number>;
}

/** Spellings of language tokens: M2M-100; NLLB; mBART; Marian; MADLAD. */
const spellings: readonly RegExp[] = [
  /^__([a-z]{2,4}(?:_[A-Za-z]+)?)__$/,
  /^([a-z]{3}_[A-Z][a-z]{3})$/,
  /^([a-z]{2}_[A-Z]{2})$/,
  /^>>(.+)<<$/,
  /^<2(\w+)>$/,
];

const found = new WeakMap<Tokenizer, Languages | undefined>();

/** The languages of a tokenizer; undefined if it has no tokens for them. */
export function languagesOf(tokenizer: Tokenizer): Languages | undefined {
  if (!found.has(tokenizer)) found.set(tokenizer, languagesIn(tokenizer));
  return found.get(tokenizer);
}

function languagesIn(tokenizer: Tokenizer): Languages | undefined {
  const groups = spellings.map(() => new Map<string, number>());
  for (let id = 0, left = tokenizer.vocabSize; left > 0 && id < 4 * tokenizer.vocabSize; id++) {
    const token = tokenizer.idToToken(id);
    if (token === undefined) continue;
    left--;
    const group = spellings.findIndex((spelling) => spelling.test(token));
    if (group >= 0) groups[group]!.set(token, id);
  }
  const at = groups.findIndex((group) => group.size > 1);
  return at < 0 ? undefined : { style: at >= 3 ? "target" : styleOf(tokenizer, groups[at]!), ids: groups[at]! };
}

/** From the tokenizer's class; from what it adds to a text, if the class is another. */
function styleOf(tokenizer: Tokenizer, ids: ReadonlyMap<string, number>): "after" | "before" {
  const { tokenizer_class: name, legacy_behaviour: legacy } = tokenizer.config;
  const named = typeof name === "string" ? name.replace(/Fast$/, "") : "";
  if (named === "NllbTokenizer") return legacy === true ? "after" : "before";
  if (["M2M100Tokenizer", "MBart50Tokenizer"].includes(named)) return "before";
  if (["MBartTokenizer", "PLBartTokenizer"].includes(named)) return "after";
  const last = tokenizer.encode("").ids.at(-1);
  return [...ids.values()].some((id) => id === last) ? "after" : "before";
}

/** The name of a language without what surrounds it: `de_DE`, `de`, `deu_Latn`, `fra`. */
const bare = (token: string): string => spellings.map((spelling) => spelling.exec(token)?.[1]).find(Boolean) ?? token;

/**
 * The token of a language, which may be given as the token itself, or by its first part if no other language has it.
 *
 * @throws RangeError for a language that the model does not have
 */
export function languageToken(where: string, name: string, language: string, { ids }: Languages): number {
  const tokens = [...ids.keys()];
  const exact = tokens.filter((token) => token === language || bare(token) === language);
  const close = exact.length > 0 ? exact : tokens.filter((token) => bare(token).split("_")[0] === language);
  if (close.length === 1) return ids.get(close[0]!)!;
  const some = close.length > 1 ? close : tokens;
  const known = some.slice(0, 30).map(bare).join(", ") + (some.length > 30 ? ", …" : "");
  const what =
    close.length > 1 ? `is ambiguous: it may be ${known}` : `is no language of the model, which has ${known}`;
  throw new RangeError(`${where}: ${name} "${language}" ${what}`);
}
