import { compileRegex, describe, type Fields, literalPattern, type Pattern, problem, RegexProblem } from "../../text";

import type { Components, TokenizerComponent } from "./component";

/** Patterns that are a `Regex`, in the syntax of Oniguruma. */
export const regex: TokenizerComponent = {
  type: "Regex",
  pattern(fields) {
    const source = fields.string("Regex");
    try {
      return compileRegex(source);
    } catch (error) {
      if (!(error instanceof RegexProblem)) throw error;
      throw problem(
        fields.path("Regex"),
        `${describe(source)}, where ${error.message}`,
        "a regular expression of Oniguruma",
      );
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
