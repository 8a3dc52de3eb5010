import { parseJson } from "../checkpoint/json";
import { FormatError } from "../errors";
import { ConfigFields, isObject } from "../families/config-fields";
import { type Files, filesOf, MODULES } from "../families/kept-files";
import type { EncoderModel } from "../models";
import type { Loaded } from "./pretrained";

/** How vectors of tokens become one vector of a text. */
export type Pooling = "mean" | "first" | "last" | "max";

/** What the files of a sentence encoder say of how texts become vectors. */
export interface SentenceSettings {
  pooling?: Pooling;
  normalize?: boolean;
  /** Longer texts are cut. */
  maxLength?: number;
  lowerCase: boolean;
  /** What every text begins with. */
  prompt: string;
}

const POOLING = "1_Pooling/config.json";
const TEXTS = "sentence_bert_config.json";
const PROMPTS = "config_sentence_transformers.json";

/** Their names of poolings, each with ours. */
const poolings: Readonly<Record<string, Pooling>> = {
  pooling_mode_mean_tokens: "mean",
  pooling_mode_cls_token: "first",
  pooling_mode_lasttoken: "last",
  pooling_mode_max_tokens: "max",
};

/** The kinds of modules that this library has, in the order that they may come in. */
const kinds = ["Transformer", "Pooling", "Normalize"];

/**
 * What modules.json, the pooling's config.json, sentence_bert_config.json and config_sentence_transformers.json say.
 *
 * @throws FormatError for a module, a pooling or a setting that is wrong or not offered
 * @see https://sbert.net/docs/sentence_transformer/usage/custom_models.html
 */
export function sentenceSettings(
  { model, files = filesOf(model) ?? new Map() }: Loaded & { model: EncoderModel },
  given?: Pooling | undefined,
): SentenceSettings {
  const folders = modulesOf(files);
  const text = fieldsOf(files, TEXTS);
  const limit = text.get("max_seq_length") === undefined ? undefined : text.whole("max_seq_length");
  const poolingFile = folders.has("Pooling") ? `${folders.get("Pooling")}/config.json` : POOLING;
  return {
    ...(given === undefined && files.has(poolingFile) && { pooling: poolingOf(fieldsOf(files, poolingFile)) }),
    ...(folders.size > 0 && { normalize: folders.has("Normalize") }),
    ...(limit !== undefined && { maxLength: Math.min(limit, model.config.contextLength) }),
    lowerCase: text.boolean("do_lower_case", false),
    prompt: promptOf(fieldsOf(files, PROMPTS), files.has(poolingFile) ? fieldsOf(files, poolingFile) : undefined),
  };
}

function fieldsOf(files: Files, file: string): ConfigFields {
  const bytes = files.get(file);
  const value = bytes === undefined ? {} : parseJson(bytes, file);
  if (!isObject(value)) throw new FormatError({ file, found: "another kind of JSON", expected: "an object" });
  return new ConfigFields(value, { file });
}

/** The folder of each module by its kind; none without modules.json. */
function modulesOf(files: Files): Map<string, string> {
  const bytes = files.get(MODULES);
  if (bytes === undefined) return new Map();
  const modules = parseJson(bytes, MODULES);
  const folders = new Map<string, string>();
  if (!Array.isArray(modules))
    throw new FormatError({ file: MODULES, found: "another kind of JSON", expected: "a list" });
  for (const [i, module] of modules.entries()) {
    const { type, path = "" } = isObject(module) ? module : {};
    const kind = typeof type === "string" ? type.split(".").at(-1)! : undefined;
    const at = `[${i}].type`;
    if (kind === undefined || !kinds.includes(kind) || typeof path !== "string")
      throw new FormatError({
        file: MODULES,
        at,
        found: JSON.stringify(type) ?? "nothing",
        expected: kinds.join(", "),
      });
    if (kinds.indexOf(kind) !== folders.size)
      throw new FormatError({ file: MODULES, at, found: kind, expected: `${kinds.join(", then ")}, each once` });
    folders.set(kind, path);
  }
  return folders;
}

function poolingOf(fields: ConfigFields): Pooling {
  const modes = fields.keys().filter((name) => name.startsWith("pooling_mode_") && fields.boolean(name, false));
  const [mode = "pooling_mode_mean_tokens", ...others] = modes;
  if (!Object.hasOwn(poolings, mode) || others.length > 0)
    throw fields.error(others[0] ?? mode, `one of ${Object.keys(poolings).join(", ")}; embed's pooling overrides it`);
  return poolings[mode]!;
}

function promptOf(fields: ConfigFields, pooling: ConfigFields | undefined): string {
  const name = fields.get("default_prompt_name");
  if (name === undefined) return "";
  const prompt = typeof name === "string" ? fields.object("prompts").get(name) : undefined;
  if (typeof prompt !== "string") throw fields.error("default_prompt_name", "the name of one of the prompts, or null");
  if (prompt !== "" && pooling?.boolean("include_prompt", true) === false)
    throw pooling.error("include_prompt", "true: prompts that are left out of the pooling are not offered");
  return prompt;
}
