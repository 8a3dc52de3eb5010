import { FormatError } from "../../errors";

/** The default name of a file in errors. */
export const TOKENIZER_FILE = "tokenizer.json";

/** Deeper than in any published file; keeps a hostile file from overflowing the stack. */
const MAXIMUM_DEPTH = 64;

/** Published files have a few dozen. */
const MOST_COMPONENTS = 1000;

/** Published files insert a few characters. */
const MOST_INSERTED = 4096;

/** Describes a JSON value in a message without printing all of it. */
export function describe(value: unknown): string {
  if (value === null) return "null";
  if (value === undefined) return "nothing";
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (typeof value === "object") return "an object";
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * Reads an object of a JSON file field by field: a field of the wrong kind is a {@link FormatError} that names its
 * path, and the found and expected values.
 */
export class Fields {
  readonly value: Record<string, unknown>;
  readonly at: string;
  readonly depth: number;
  /** The number of components read so far, in the whole file. */
  readonly #read: { components: number };

  /** @throws FormatError if the value is not an object. */
  constructor(value: unknown, at: string, depth = 0, read = { components: 0 }) {
    if (!isRecord(value)) throw problem(at, describe(value), "an object");
    if (depth > MAXIMUM_DEPTH) throw problem(at, "deeper nesting", `at most ${MAXIMUM_DEPTH} levels`);
    this.value = value;
    this.at = at;
    this.depth = depth;
    this.#read = read;
  }

  /** @throws FormatError if the file has too many components */
  countComponent(): void {
    if (++this.#read.components > MOST_COMPONENTS)
      throw problem(this.at, `component ${this.#read.components}`, `at most ${MOST_COMPONENTS} in a file`);
  }

  get(name: string): unknown {
    return Object.hasOwn(this.value, name) ? this.value[name] : undefined;
  }

  path(name: string): string {
    return this.at === "" ? name : `${this.at}.${name}`;
  }

  fail(name: string, expected: string): FormatError {
    return problem(this.path(name), describe(this.get(name)), expected);
  }

  string(name: string, fallback?: string): string {
    const value = this.get(name) ?? fallback;
    if (typeof value !== "string") throw this.fail(name, "a string");
    return value;
  }

  /** A string that may be inserted into texts many times; a long one would multiply them. */
  shortString(name: string): string {
    const value = this.string(name);
    if (value.length > MOST_INSERTED)
      throw problem(this.path(name), `${value.length} characters`, `at most ${MOST_INSERTED}`);
    return value;
  }

  optionalString(name: string): string | undefined {
    return this.get(name) == null ? undefined : this.string(name);
  }

  oneOf<T extends string>(name: string, choices: readonly T[], fallback?: T): T {
    const value = this.get(name) ?? fallback;
    if (!choices.includes(value as T)) throw this.fail(name, `one of ${choices.join(", ")}`);
    return value as T;
  }

  boolean(name: string, fallback?: boolean): boolean {
    const value = this.get(name) ?? fallback;
    if (typeof value !== "boolean") throw this.fail(name, "true or false");
    return value;
  }

  /** A non-negative integer. */
  count(name: string, fallback?: number): number {
    const value = this.get(name) ?? fallback;
    if (!isCount(value)) throw this.fail(name, "a non-negative integer");
    return value;
  }

  list(name: string): unknown[] {
    const value = this.get(name);
    if (!Array.isArray(value)) throw this.fail(name, "an array");
    return value;
  }

  object(name: string): Fields {
    return new Fields(this.get(name), this.path(name), this.depth + 1, this.#read);
  }

  optionalObject(name: string): Fields | undefined {
    return this.get(name) == null ? undefined : this.object(name);
  }

  objects(name: string): Fields[] {
    return this.list(name).map(
      (value, index) => new Fields(value, `${this.path(name)}[${index}]`, this.depth + 1, this.#read),
    );
  }
}

/** @throws FormatError if arrays and objects are nested too deeply to copy recursively */
export function expectShallow(value: unknown, at: string): void {
  let level = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > 2 * MAXIMUM_DEPTH) throw problem(at, "deeper nesting", `at most ${2 * MAXIMUM_DEPTH} levels`);
    const next: unknown[] = [];
    for (const item of level) {
      if (typeof item !== "object" || item === null) continue;
      for (const inner of Object.values(item)) next.push(inner);
    }
    level = next;
  }
}

export function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

export function problem(at: string, found: string, expected: string): FormatError {
  return new FormatError({ file: TOKENIZER_FILE, at: at === "" ? undefined : at, found, expected });
}
