import { describeJson, formatError, isRecord } from "../../fields";
import { ROLES } from "../pipeline";

type Kind = readonly [expected: string, isRight: (value: unknown) => boolean];

const FLAG: Kind = ["true or false", (value) => typeof value === "boolean"];
const LENGTH: Kind = ["a positive number", (value) => typeof value === "number" && value > 0];
const TOKEN: Kind = [
  "a token, or an object with content",
  (value) => typeof value === "string" || (isRecord(value) && typeof value.content === "string"),
];

/** The kinds of the fields that every tokenizer class uses; null counts as absent. */
const KINDS = (): Readonly<Record<string, Kind>> => ({
  ...Object.fromEntries(ROLES.map((role) => [`${role}_token`, TOKEN])),
  clean_up_tokenization_spaces: FLAG,
  split_special_tokens: FLAG,
  model_max_length: LENGTH,
  max_len: LENGTH,
});

/** @throws FormatError naming the field of tokenizer_config.json with the wrong kind */
export function checkConfiguration(config: Readonly<Record<string, unknown>>): void {
  for (const [at, [expected, isRight]] of Object.entries(KINDS())) {
    const value = config[at];
    if (value != null && !isRight(value)) throw formatError("tokenizer_config.json", at, describeJson(value), expected);
  }
}
