import { parseJson } from "../../checkpoint/internal";
import { FormatError } from "../../errors";
import { isRecord } from "../../fields";
import type { GenerationSettings } from "../../models/internal";
import { ConfigFields, type ConfigObject } from "../config-fields";
import { GENERATION } from "./kept-files";

/** Generation settings from generation_config.json, or from the fields of config.json. */
export function generationSettings(
  config: ConfigObject,
  bytes: Uint8Array | undefined,
  directory: string,
): GenerationSettings {
  const file = `${directory}/${bytes === undefined ? "config.json" : GENERATION}`;
  return { file, fields: bytes === undefined ? config : generationFields(bytes, file) };
}

/** What generation_config.json holds. */
function generationFields(bytes: Uint8Array, file: string): ConfigObject {
  const settings = parseJson(bytes, file);
  if (!isRecord(settings)) throw new FormatError({ file, found: "another kind of JSON", expected: "an object" });
  return settings;
}

/**
 * The tokens of generation_config.json take precedence over those of config.json. If the file exists without an end
 * token, nothing ends a text: transformers does not fall back to config.json either. A file without the start token of
 * a translation is incomplete, and transformers refuses it: here config.json fills it in.
 */
export function generationTokens(config: ConfigObject, bytes: Uint8Array | undefined, file: string): ConfigObject {
  if (bytes === undefined) return {};
  const fields = new ConfigFields(generationFields(bytes, file), { file });
  const given = ["eos_token_id", "pad_token_id", "decoder_start_token_id"].filter(
    (name) => fields.get(name) !== undefined,
  );
  const isWhole =
    (config.decoder_start_token_id ?? undefined) === undefined || given.includes("decoder_start_token_id");
  return {
    ...(isWhole && { eos_token_id: [] }),
    ...Object.fromEntries(given.map((name) => [name, fields.tokens(name)])),
  };
}
