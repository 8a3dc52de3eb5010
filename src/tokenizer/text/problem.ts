import type { FormatError } from "../../errors";
import { type Fields, formatError, MAXIMUM_DEPTH } from "../../fields";

/** What a published file calls itself when the caller gave no name. */
export const TOKENIZER_FILE = "tokenizer.json";

/** Published files insert a few characters. */
const LONGEST_INSERTED = 4096;

export function problem(at: string, found: string, expected: string): FormatError {
  return formatError(TOKENIZER_FILE, at, found, expected);
}

/** Reads a string that is inserted into texts or words many times, so that a long one would multiply them. */
export function shortString(fields: Fields, name: string): string {
  const value = fields.string(name);
  if (value.length > LONGEST_INSERTED)
    throw problem(fields.path(name), `${value.length} characters`, `at most ${LONGEST_INSERTED}`);
  return value;
}

/** @throws FormatError if arrays and objects are nested deeper than copying them can follow */
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
