import { describeJson, type Fields, formatError } from "../../fields";

/** The end of a text at which it is cut or padded. */
export type Side = "left" | "right";

/** The side named in tokenizer_config.json, or else the `direction` of a tokenizer.json. */
export function readSide(fields: Fields | undefined, config: Record<string, unknown>, name: string): Side {
  const direction = fields?.oneOf("direction", ["Left", "Right"], "Right");
  const side = config[name] ?? direction?.toLowerCase() ?? "right";
  if (side === "left" || side === "right") return side;
  throw formatError("tokenizer_config.json", name, describeJson(side), "left or right");
}
