import { describe, type Fields, problem } from "../fields";
import { literalPattern, type Pattern, regexPattern } from "../patterns";
import { translateRegex } from "../regex";
import type { Components, TokenizerComponent } from "./component";

/** Patterns that are a `Regex`, translated from Oniguruma's syntax into JavaScript's. */
export const regex: TokenizerComponent = {
  type: "Regex",
  pattern(fields) {
    const source = fields.string("Regex");
    try {
      return regexPattern(translateRegex(source));
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw problem(fields.path("Regex"), `${describe(source)} (${reason})`, "a regular expression JavaScript can run");
    }
  },
};

/**
 * Reads `{ "String": … }` or `{ "Regex": … }`.
 *
 * @throws FormatError if it is neither, or a regular expression that cannot be read.
 */
export function readPattern(fields: Fields, name: string, components: Components): Pattern {
  const pattern = fields.object(name);
  const literal = pattern.optionalString("String");
  if (literal !== undefined) return literalPattern(literal);
  if (pattern.optionalString("Regex") !== undefined) return components.read("pattern", pattern, "Regex");
  throw problem(pattern.at, describe(pattern.value), 'an object with "String" or "Regex"');
}
