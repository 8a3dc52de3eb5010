import type { OnProgress, OpenedSource } from "../../checkpoint";
import { parseJson } from "../../checkpoint/internal";
import { isRecord } from "../../fields";
import type { ConfigObject } from "../config-fields";

/** Files of a directory by their names. */
export type Files = ReadonlyMap<string, Uint8Array>;

export const CONFIG = "config.json";
export const GENERATION = "generation_config.json";
export const MODULES = "modules.json";

/** Files that belong to the tokenizer, whatever its form. */
const tokenizerNames = [
  ...["tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json"],
  ...["vocab.json", "merges.txt", "vocab.txt", "tokenizer.model", "spiece.model", "sentencepiece.bpe.model"],
  ...["spm.model", "sentencepiece.model", "source.spm", "target.spm", "target_vocab.json", "bpe.codes"],
  ...["chat_template.jinja", "chat_template.json"],
];

/** Other files that a saved model needs: settings of generation, pooling and preprocessing. */
const modelNames = [
  ...[GENERATION, MODULES, "sentence_bert_config.json", "config_sentence_transformers.json"],
  ...["1_Pooling/config.json", "preprocessor_config.json", "processor_config.json"],
];

/** The folders that such files lie in. */
export const ownFolders: readonly string[] = ["1_Pooling"];

/**
 * Whether a file says something of a model, or of a tokenizer if there is one: where another is saved over it, it would
 * say so of that one.
 */
export const isOfModel = (file: string, withTokenizer: boolean): boolean =>
  modelNames.includes(file) || (withTokenizer && tokenizerNames.includes(file));

/** What the folder of a module in modules.json may hold. */
const moduleNames = ["config.json", "model.safetensors", "pytorch_model.bin"];

/** A source that reads each file once, however often it is asked for. */
export function readingOnce(opened: OpenedSource): OpenedSource & { readonly found: Files } {
  const asked = new Map<string, Promise<Uint8Array | undefined>>();
  const found = new Map<string, Uint8Array>();
  const readOptional = (file: string, onProgress?: OnProgress) => {
    const before = asked.get(file);
    if (before !== undefined) return before;
    const reading = opened.readOptional(file, onProgress).then((bytes) => {
      if (bytes !== undefined) found.set(file, bytes);
      return bytes;
    });
    asked.set(file, reading);
    return reading;
  };
  // A file that is missing is asked for again, for the error that says so.
  const read = async (file: string, onProgress?: OnProgress) =>
    (await readOptional(file, onProgress)) ?? opened.read(file, onProgress);
  return {
    ...opened,
    found,
    read,
    readJson: async (file) => parseJson(await read(file), `${opened.name}/${file}`),
    readOptional,
    readOptionalJson: async (file, onProgress) => {
      const bytes = await readOptional(file, onProgress);
      return bytes && parseJson(bytes, `${opened.name}/${file}`);
    },
  };
}

/**
 * Reads the files that `savePretrained` gives back as they were: those of the tokenizer, which are those that it was
 * made of and others by their names, and those of the model.
 */
export async function readKept(
  opened: ReturnType<typeof readingOnce>,
): Promise<{ ofTokenizer: Files; ofModel: Files }> {
  const madeOf = [...opened.found].filter(([name]) => name !== CONFIG);
  const read = async (names: readonly string[]): Promise<Map<string, Uint8Array>> => {
    const contents = await Promise.all(names.map((name) => opened.readOptional(name)));
    return new Map(names.flatMap((name, i) => (contents[i] === undefined ? [] : [[name, contents[i]] as const])));
  };
  const [ofTokenizer, ofModel] = await Promise.all([read(tokenizerNames), read(modelNames)]);
  const folders = moduleFolders(ofModel.get(MODULES));
  const ofModules = await read(folders.flatMap((folder) => moduleNames.map((name) => `${folder}/${name}`)));
  return { ofTokenizer: new Map([...madeOf, ...ofTokenizer]), ofModel: new Map([...ofModel, ...ofModules]) };
}

/** The folders that modules.json names; none if it is wrong, which `embed` says when it needs it. */
function moduleFolders(bytes: Uint8Array | undefined): string[] {
  if (bytes === undefined) return [];
  let modules: unknown;
  try {
    modules = parseJson(bytes, MODULES);
  } catch {
    return [];
  }
  const paths = Array.isArray(modules) ? modules.map((one) => (isRecord(one) ? one.path : undefined)) : [];
  return paths.filter((path): path is string => typeof path === "string" && isModuleFolder(path));
}

export const isModuleFolder = (path: string): boolean => /^[\w-]+$/.test(path);

/** The files that a model, a config or a tokenizer came with. */
const origins = new WeakMap<object, Files>();

/** Remembers what came together, so that it can be saved together however it is handed over. */
export function rememberFiles(
  loaded: { model: object; config: object; tokenizer: object },
  files: {
    ofTokenizer: Files;
    ofModel: Files;
    config: Uint8Array;
  },
): void {
  origins.set(loaded.tokenizer, files.ofTokenizer);
  origins.set(loaded.model, files.ofModel);
  origins.set(loaded.config, new Map([...files.ofModel, [CONFIG, files.config]]));
  for (const one of [loaded.model, loaded.config]) configs.set(one, files.config);
  for (const bytes of files.ofTokenizer.values()) tokenizerBytes.add(bytes);
}

/** The very bytes of tokenizers' files, which say nothing of another tokenizer. */
const tokenizerBytes = new WeakSet<Uint8Array>();

/** The config.json that a model or a config came with. */
const configs = new WeakMap<object, Uint8Array>();

/** The fields of a config that are no longer what they were when it, or the model, was loaded. */
export function editedFields(config: ConfigObject, model: object): string[] {
  const bytes = configs.get(config) ?? configs.get(model);
  const before = bytes && parseJson(bytes, CONFIG);
  if (!isRecord(before)) return [];
  return Object.keys(config).filter((name) => JSON.stringify(config[name]) !== JSON.stringify(before[name]));
}

export const filesOf = (loaded: object | undefined): Files | undefined =>
  loaded === undefined ? undefined : origins.get(loaded);

/** Without the files of the tokenizer that something was loaded with. */
export const withoutTokenizer = (files: Files): Files =>
  new Map([...files].filter(([, bytes]) => !tokenizerBytes.has(bytes)));
