import { describeJson, type Fields } from "../../../fields";
import { literalPattern, type Pattern, problem } from "../../text";
import type { Components } from "./component";

/**
 * Reads `{ "String": … }` or `{ "Regex": … }`.
 *
 * @throws FormatError if it is neither, or an invalid regular expression.
 */
export function readPattern(fields: Fields, name: string, components: Components): Pattern {
  const pattern = fields.object(name);
  const literal = pattern.optionalString("String");
  if (literal !== undefined) return literalPattern(literal);
  if (pattern.optionalString("Regex") !== undefined) return components.read("pattern", pattern, "Regex");
  throw problem(pattern.at, describeJson(pattern.value), 'an object with "String" or "Regex"');
}
