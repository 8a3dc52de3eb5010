import { FormatError } from "../../errors";
import { describe, type Fields } from "../text";

export type Side = "left" | "right";

/** The side named in tokenizer_config.json, or else the `direction` of a tokenizer.json. */
export function readSide(fields: Fields | undefined, config: Record<string, unknown>, name: string): Side {
  const direction = fields?.oneOf("direction", ["Left", "Right"], "Right");
  const side = config[name] ?? direction?.toLowerCase() ?? "right";
  if (side === "left" || side === "right") return side;
  throw new FormatError({ file: "tokenizer_config.json", at: name, found: describe(side), expected: "left or right" });
}
