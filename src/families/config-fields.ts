import { FormatError } from "../errors";
import { Fields, isRecord } from "../fields";
import { classesOf, type Head, type Heads } from "./reading/heads";

/** The object that config.json holds. */
export type ConfigObject = Record<string, unknown>;

export interface ConfigLimits {
  /** The name of the config in errors. */
  file?: string | undefined;
  /** Other spellings of fields, mapped to the names that the family reads. */
  aliases?: Readonly<Record<string, string>> | undefined;
  /** The values of absent fields, those of transformers' config class. A field that is null is not absent. */
  defaults?: Readonly<ConfigObject> | undefined;
  /** How the family's class names begin, and how they end. */
  classes?: string | readonly string[] | undefined;
  heads?: Heads | undefined;
  /** The number of elements in the checkpoint, which no required size can exceed. */
  largest?: number | undefined;
}

/**
 * Reads a config.json field by field. null counts as absent. Every error names the file and the field.
 *
 * It records which fields were read, so that a test can list the unused ones.
 */
export class ConfigFields extends Fields {
  readonly #asked = new Set<string>();
  readonly #largest: number;
  /** Other spellings of a field. */
  readonly #aliases: (name: string) => readonly string[];
  readonly #classes: readonly string[];
  readonly #heads: Heads;
  readonly #defaults: Readonly<ConfigObject>;

  constructor(values: ConfigObject, limits: ConfigLimits = {}) {
    const { file = "config.json", largest = Number.MAX_SAFE_INTEGER, aliases = {}, classes, heads = {} } = limits;
    super(values, file);
    this.#defaults = limits.defaults ?? {};
    this.#largest = largest;
    this.#classes = classesOf(classes);
    this.#heads = heads;
    const spellings = Object.entries(aliases);
    this.#aliases = (field) => spellings.filter(([, name]) => name === field).map(([alias]) => alias);
  }

  /** The value of a field, or of one of its other names, or its default. */
  override get(name: string): unknown {
    this.#asked.add(name);
    const spellings = [name, ...this.#aliases(name)];
    const [said, ...others] = spellings.filter((one) => (super.get(one) ?? undefined) !== undefined);
    if (said === undefined) return this.#says(name) ? undefined : this.#defaults[name];
    const value = super.get(said);
    const contradiction = others.find((one) => super.get(one) !== value);
    if (contradiction !== undefined)
      throw new FormatError({
        file: this.file,
        at: contradiction,
        found: describe(super.get(contradiction)),
        expected: `${describe(value)}, the value of ${said}, which is the same setting`,
      });
    return value;
  }

  /** The fields that were read so far. */
  get asked(): ReadonlySet<string> {
    return this.#asked;
  }

  override error(name: string, expected: string, found = describe(this.get(name))): FormatError {
    return super.error(this.#nameInFile(name), expected, found);
  }

  /** Whether the config has the field, even if it is null. */
  #says(name: string): boolean {
    return [name, ...this.#aliases(name)].some((one) => Object.hasOwn(this.value, one));
  }

  /** How the file spells a field. */
  #nameInFile(name: string): string {
    const isGiven = (one: string) => (super.get(one) ?? undefined) !== undefined;
    return isGiven(name) ? name : (this.#aliases(name).find(isGiven) ?? name);
  }

  /** A whole number, at least 1. */
  whole(name: string, fallback?: number): number {
    const value = this.get(name) ?? fallback;
    if (typeof value !== "number" || !Number.isSafeInteger(value) || value < 1)
      throw this.error(name, "a whole number of 1 or more");
    return value;
  }

  /** A length of a tensor in the checkpoint. */
  size(name: string, fallback?: number): number {
    const value = this.whole(name, fallback);
    if (value > this.#largest)
      throw this.error(name, `at most ${this.#largest}, the number of elements in the checkpoint`);
    return value;
  }

  /** A count of parts that take `each` numbers of the checkpoint, or more. */
  sizeOf(name: string, each: number, fallback?: number): number {
    const value = this.whole(name, fallback);
    if (value * each > this.#largest)
      throw this.error(name, `at most ${Math.floor(this.#largest / each)}, as many as the checkpoint has room for`);
    return value;
  }

  /** A list of whole numbers of 0 or more; undefined if the field is not a list. */
  counts(name: string): readonly number[] | undefined {
    const value = this.get(name);
    if (!Array.isArray(value)) return undefined;
    for (const each of value)
      if (!Number.isSafeInteger(each) || each < 0) throw this.error(name, "a list of whole numbers of 0 or more");
    return value;
  }

  /** A finite number, or the fallback if the field is absent. */
  number(name: string, fallback: number): number {
    const value = this.get(name) ?? fallback;
    if (typeof value !== "number" || !Number.isFinite(value)) throw this.error(name, "a number");
    return value;
  }

  /** A dropout rate. */
  rate(name: string, fallback: number): number {
    const value = this.number(name, fallback);
    if (value < 0 || value >= 1) throw this.error(name, "a number from 0 up to but not including 1");
    return value;
  }

  /** A constant that is added to a variance before the square root. */
  epsilon(name: string, fallback: number): number {
    const value = this.number(name, fallback);
    if (value < 0) throw this.error(name, "a number ≥ 0");
    return value;
  }

  /** A standard deviation. */
  deviation(name: string, fallback: number): number {
    return this.epsilon(name, fallback);
  }

  /** A number above 0, or the fallback if the field is absent. */
  positive(name: string, fallback: number): number {
    const value = this.number(name, fallback);
    if (value <= 0) throw this.error(name, "a number above 0");
    return value;
  }

  /** Maps a name in the config to ours. */
  choice<T>(name: string, choices: Readonly<Record<string, T>>, fallback?: string): T {
    const value = this.get(name) ?? fallback;
    const entry = Object.entries(choices).find(([word]) => word === value);
    if (entry === undefined) throw this.error(name, `one of ${Object.keys(choices).join(", ")}`);
    return entry[1];
  }

  /** The object in a field, or the family's default; empty if there is none. */
  override object(name: string): ConfigFields {
    const value = this.get(name) ?? this.#defaults[name] ?? {};
    if (!isRecord(value)) throw this.error(name, "an object");
    return new ConfigFields(value, { file: `${this.file}: ${name}`, largest: this.#largest });
  }

  /** The names of the fields. */
  keys(): string[] {
    return Object.keys(this.value);
  }

  /**
   * The token ids in a field: one, a list, or none. Older files write -1 for none.
   *
   * @param absent the id that transformers takes if the field is absent; ignored if it is not in the vocabulary
   */
  tokens(name: string, absent?: number): number[] {
    const value = this.get(name) ?? [];
    if (value === -1) return [];
    const tokens: unknown[] = Array.isArray(value) ? value : [value];
    if (!this.#says(name)) {
      const vocabSize = this.size("vocab_size");
      return [absent ?? tokens].flat().filter((token): token is number => Number(token) < vocabSize);
    }
    return tokens.map((token) => {
      if (typeof token !== "number" || !Number.isSafeInteger(token) || token < 0)
        throw this.error(name, "a token id, a list of them, or null");
      return token;
    });
  }

  /** Fields that must be absent or have one of these values, because others need unsupported mathematics. */
  only(fields: Readonly<Record<string, unknown>>): void {
    for (const [name, value] of Object.entries(fields)) {
      const found = this.get(name);
      if (found !== undefined && JSON.stringify(found) !== JSON.stringify(value))
        throw this.error(name, `${JSON.stringify(value) ?? "no such field"}; other values are not supported`);
    }
  }

  /** The tokens that end a text. Tokens outside the vocabulary are dropped, because the model never produces them. */
  endTokens(absent?: number): number[] {
    const vocabSize = this.size("vocab_size");
    return this.tokens("eos_token_id", absent).filter((token) => token < vocabSize);
  }

  /** A token id, if any. */
  token(name: string, absent?: number): number | undefined {
    const [first, ...others] = this.tokens(name, absent);
    if (others.length > 0) throw this.error(name, "one token id, or null");
    return first;
  }

  /** The head of the model class that saved the checkpoint. */
  get head(): Head {
    return this.#heads[this.classEnd] ?? "none";
  }

  /** How the name of that class ends: "ForCausalLM" of LlamaForCausalLM. The first of the family's if none is named. */
  get classEnd(): string {
    const given = this.get("architectures");
    const [first] = Array.isArray(given) ? given : [given];
    if (first === undefined) return Object.keys(this.#heads)[0] ?? "";
    for (const start of this.#classes) {
      const end = typeof first === "string" && first.startsWith(start) ? first.slice(start.length) : "";
      if (Object.hasOwn(this.#heads, end)) return end;
    }
    const known = Object.keys(this.#heads).map((end) => this.#classes[0] + end);
    throw this.error("architectures", `one of ${known.join(", ")}`);
  }

  /** The model class that saved the checkpoint, for families that have no table of heads. */
  architecture<T>(choices: Readonly<Record<string, T>>, fallback: string): T {
    const list = this.get("architectures") ?? [fallback];
    const [first = fallback] = Array.isArray(list) ? list : [list];
    const entry = Object.entries(choices).find(([word]) => word === first);
    if (entry === undefined) throw this.error("architectures", `one of ${Object.keys(choices).join(", ")}`);
    return entry[1];
  }
}

/** Reads a config as one of a family. */
export const fieldsOf = (
  family: FieldNames,
  config: ConfigObject,
  limits: Omit<ConfigLimits, keyof FieldNames>,
): ConfigFields =>
  new ConfigFields(config, {
    ...{ aliases: family.aliases, classes: family.classes, defaults: family.defaults, heads: family.heads },
    ...limits,
  });

type FieldNames = Pick<ConfigLimits, "aliases" | "classes" | "defaults" | "heads">;

const LONGEST = 80;

/** As it is written in the file, for a config's lists and objects are short. */
function describe(value: unknown): string {
  if (value === undefined) return "nothing";
  const text = JSON.stringify(value) ?? String(value);
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}
