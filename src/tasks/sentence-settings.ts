import { parseJson } from "../checkpoint/internal";
import { FormatError } from "../errors";
import type { Files } from "../families";
import { ConfigFields, filesOf, isModuleFolder, MODULES } from "../families/internal";
import { isRecord } from "../fields";
import type { EncoderModel } from "../models";
import type { Loaded } from "./pretrained";

/** How token vectors are combined into one vector for a text. */
export type Pooling = "mean" | "first" | "last" | "max";

/** How texts become vectors, from the files of a sentence encoder. */
export interface SentenceSettings {
  pooling?: Pooling;
  normalize?: boolean;
  /** Longer texts are truncated. */
  maxLength?: number;
  lowerCase: boolean;
  /** Prepended to every text. */
  prompt: string;
}

const POOLING = "1_Pooling/config.json";
const TEXTS = "sentence_bert_config.json";
const PROMPTS = "config_sentence_transformers.json";

/** Their names of poolings, mapped to ours. */
const poolings: Readonly<Record<string, { newer: string; ours: Pooling }>> = {
  pooling_mode_mean_tokens: { newer: "mean", ours: "mean" },
  pooling_mode_cls_token: { newer: "cls", ours: "first" },
  pooling_mode_lasttoken: { newer: "lasttoken", ours: "last" },
  pooling_mode_max_tokens: { newer: "max", ours: "max" },
};

/** Modules from other packages are unknown. */
const PACKAGE = "sentence_transformers.";

/** The supported kinds of modules, in the required order. */
const kinds = ["Transformer", "Pooling", "Normalize"];

/**
 * Reads modules.json, the pooling's config.json, sentence_bert_config.json and config_sentence_transformers.json.
 *
 * @throws FormatError for a module, pooling or setting that is wrong or unsupported
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
  if (given === undefined && folders.has("Pooling") && !files.has(poolingFile))
    throw new FormatError({
      file: poolingFile,
      found: "no such file",
      expected: `the file, because ${MODULES} lists its folder`,
    });
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
  if (!isRecord(value)) throw new FormatError({ file, found: "another kind of JSON", expected: "an object" });
  return new ConfigFields(value, { file });
}

/** The folder of each module by its kind; empty without modules.json. */
function modulesOf(files: Files): Map<string, string> {
  const bytes = files.get(MODULES);
  if (bytes === undefined) return new Map();
  const modules = parseJson(bytes, MODULES);
  const folders = new Map<string, string>();
  if (!Array.isArray(modules))
    throw new FormatError({ file: MODULES, found: "another kind of JSON", expected: "a list" });
  for (const [i, module] of modules.entries()) {
    const { type, path = "" } = isRecord(module) ? module : {};
    const kind = typeof type === "string" && type.startsWith(PACKAGE) ? type.split(".").at(-1)! : undefined;
    const at = `[${i}].type`;
    if (kind === undefined || !kinds.includes(kind))
      throw new FormatError({
        file: MODULES,
        at,
        found: JSON.stringify(type) ?? "nothing",
        expected: `${kinds.join(", ")} of ${PACKAGE}`,
      });
    const expected = kind === "Transformer" ? '"", where config.json is' : "the name of a folder";
    if (typeof path !== "string" || (kind === "Transformer" ? path !== "" : !isModuleFolder(path)))
      throw new FormatError({ file: MODULES, at: `[${i}].path`, found: JSON.stringify(path), expected });
    if (kinds.indexOf(kind) !== folders.size)
      throw new FormatError({ file: MODULES, at, found: kind, expected: `${kinds.join(", then ")}, each once` });
    folders.set(kind, path);
  }
  return folders;
}

/** The mode is one field, or in older files the one boolean field that is true; the mean if absent. */
function poolingOf(fields: ConfigFields): Pooling {
  const named = fields.get("pooling_mode");
  const older = fields.keys().filter((name) => name.startsWith("pooling_mode_"));
  const modes = named === undefined ? older.filter((name) => fields.boolean(name, false)) : [named].flat();
  if (modes.length === 0 && !older.includes("pooling_mode_mean_tokens")) return "mean";
  const [mode, ...others] = modes;
  const found = Object.entries(poolings).find(([name, { newer }]) => mode === (named === undefined ? name : newer));
  if (found === undefined || others.length > 0) {
    const field = named === undefined ? String(others[0] ?? mode ?? older[0]) : "pooling_mode";
    const names = Object.entries(poolings).map(([name, { newer }]) => (named === undefined ? name : newer));
    throw fields.error(field, `one of ${names.join(", ")}; embed's pooling overrides it`);
  }
  return found[1].ours;
}

function promptOf(fields: ConfigFields, pooling: ConfigFields | undefined): string {
  const name = fields.get("default_prompt_name");
  if (name === undefined) return "";
  const prompt = typeof name === "string" ? fields.object("prompts").get(name) : undefined;
  if (typeof prompt !== "string") throw fields.error("default_prompt_name", "the name of one of the prompts, or null");
  if (prompt !== "" && pooling?.boolean("include_prompt", true) === false)
    throw pooling.error("include_prompt", "true; excluding prompts from the pooling is not supported");
  return prompt;
}
