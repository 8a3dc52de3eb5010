import { FormatError } from "./errors";

/** Deeper than in any published file; keeps a hostile file from overflowing the stack. */
export const MAXIMUM_DEPTH = 64;

/** Describes a JSON value in a message without printing all of it. */
export function describeJson(value: unknown): string {
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

export function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

/** @param at a path in the file; empty for the file as a whole */
export function formatError(file: string, at: string, found: string, expected: string): FormatError {
  return new FormatError({ file, at: at || undefined, found, expected });
}

/**
 * Reads an object of a JSON file field by field: a field of the wrong kind is a {@link FormatError} that names the
 * file, the field's path, and the found and expected values.
 *
 * A field that is null counts as absent: it has the fallback, or is refused if there is none. Fields that are never read
 * are ignored.
 */
export class Fields {
  readonly value: Readonly<Record<string, unknown>>;
  /** The file name for errors. */
  readonly file: string;
  /** The path of this object in the file; empty for the outermost one. */
  readonly at: string;
  /**
   * The number of objects that this one is nested in.
   *
   * @internal
   */
  readonly depth: number;

  /**
   * @throws FormatError if the value is not an object, or is nested too deeply
   */
  constructor(value: unknown, file: string, at = "", depth = 0) {
    if (!isRecord(value)) throw formatError(file, at, describeJson(value), "an object");
    this.value = value;
    this.file = file;
    this.at = at;
    this.depth = depth;
    if (depth > MAXIMUM_DEPTH) throw formatError(file, at, "deeper nesting", `at most ${MAXIMUM_DEPTH} levels`);
  }

  /** The value of a field as it stands; undefined if it is absent. */
  get(name: string): unknown {
    return Object.hasOwn(this.value, name) ? this.value[name] : undefined;
  }

  /** The path of a field in the file. */
  path(name: string): string {
    return this.at === "" ? name : `${this.at}.${name}`;
  }

  /** The error for a field, to be thrown. */
  error(name: string, expected: string, found = describeJson(this.get(name))): FormatError {
    return formatError(this.file, this.path(name), found, expected);
  }

  /** A string, or the fallback if the field is absent. */
  string(name: string, fallback?: string): string {
    const value = this.get(name) ?? fallback;
    if (typeof value !== "string") throw this.error(name, "a string");
    return value;
  }

  /** A string, or undefined if the field is absent. */
  optionalString(name: string): string | undefined {
    return this.get(name) == null ? undefined : this.string(name);
  }

  /** One of some strings, or the fallback if the field is absent. */
  oneOf<T extends string>(name: string, choices: readonly T[], fallback?: T): T {
    const value = this.get(name) ?? fallback;
    if (!choices.includes(value as T)) throw this.error(name, `one of ${choices.join(", ")}`);
    return value as T;
  }

  /** True or false, or the fallback if the field is absent. */
  boolean(name: string, fallback?: boolean): boolean {
    const value = this.get(name) ?? fallback;
    if (typeof value !== "boolean") throw this.error(name, "true or false");
    return value;
  }

  /**
   * An integer.
   *
   * @param least its minimum, 0 if omitted
   */
  count(name: string, { least = 0, fallback }: { least?: number; fallback?: number } = {}): number {
    const value = this.get(name) ?? fallback;
    if (!isCount(value) || value < least) {
      const words = ["a non-negative integer", "a positive integer"];
      throw this.error(name, words[least] ?? `an integer of ${least} or more`);
    }
    return value;
  }

  /** A list. */
  list(name: string): unknown[] {
    const value = this.get(name);
    if (!Array.isArray(value)) throw this.error(name, "an array");
    return value;
  }

  object(name: string): Fields {
    return this.#inner(this.get(name), this.path(name));
  }

  /** The fields of an object, or undefined if it is absent. */
  optionalObject(name: string): Fields | undefined {
    return this.get(name) == null ? undefined : this.object(name);
  }

  /** The fields of each object of a list. */
  objects(name: string): Fields[] {
    return this.list(name).map((value, index) => this.#inner(value, `${this.path(name)}[${index}]`));
  }

  #inner(value: unknown, at: string): Fields {
    return new Fields(value, this.file, at, this.depth + 1);
  }
}
