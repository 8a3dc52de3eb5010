import { FormatError } from "../../../errors";
import { describeJson } from "../../../fields";

/**
 * A boolean field of tokenizer_config.json, undefined if absent or null.
 *
 * @throws FormatError if it is anything else
 */
export function flagOf(config: Readonly<Record<string, unknown>>, name: string): boolean | undefined {
  const value = config[name] ?? undefined;
  if (value === undefined || typeof value === "boolean") return value;
  throw new FormatError({
    file: "tokenizer_config.json",
    at: name,
    found: describeJson(value),
    expected: "true or false",
  });
}
