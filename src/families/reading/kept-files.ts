import type { OnProgress, OpenedSource } from "../../checkpoint";
import { parseJson } from "../../checkpoint/internal";
import { isRecord } from "../../fields";
import type { ConfigObject } from "../config-fields";

/** Files of a directory by name. */
export type Files = ReadonlyMap<string, Uint8Array>;

export const CONFIG = "config.json";
export const GENERATION = "generation_config.json";
export const MODULES = "modules.json";

/** Files of the tokenizer, in any format. */
const tokenizerNames = [
  ...["tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json"],
  ...["vocab.json", "merges.txt", "vocab.txt", "tokenizer.model", "spiece.model", "sentencepiece.bpe.model"],
  ...["spm.model", "sentencepiece.model", "source.spm", "target.spm", "target_vocab.json", "bpe.codes"],
  ...["chat_template.jinja", "chat_template.json"],
];

/** Other files that a saved model needs: generation, pooling and preprocessing settings. */
const modelNames = [
  ...[GENERATION, MODULES, "sentence_bert_config.json", "config_sentence_transformers.json"],
  ...["1_Pooling/config.json", "preprocessor_config.json", "processor_config.json"],
];

/** The folders of such files. */
export const ownFolders: readonly string[] = ["1_Pooling"];

/**
 * Whether a file describes a model, or its tokenizer if it has one. When another model is saved over it, a file left
 * behind would wrongly describe the new one.
 */
export const isOfModel = (file: string, withTokenizer: boolean): boolean =>
  modelNames.includes(file) || (withTokenizer && tokenizerNames.includes(file));

/** The files that a module's folder in modules.json may contain. */
const moduleNames = ["config.json", "model.safetensors", "pytorch_model.bin"];

/** A source that reads each file only once. */
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
  // A missing file is read again, for its error.
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
 * Reads the files that `savePretrained` writes back unchanged: those of the tokenizer (the ones it was made from, and
 * others by name) and those of the model.
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

/** The folders listed in modules.json; none if it is malformed, which `embed` reports when it needs them. */
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

/** The files that a model, config or tokenizer was loaded with. */
const origins = new WeakMap<object, Files>();

/** Remembers what was loaded together, so that it can be saved together however it is passed. */
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

/** The exact bytes of tokenizer files, which do not describe another tokenizer. */
const tokenizerBytes = new WeakSet<Uint8Array>();

/** The config.json that a model or config was loaded with. */
const configs = new WeakMap<object, Uint8Array>();

/** The bytes of the config.json that a model or config was loaded with. */
export const configBytesOf = (loaded: object | undefined): Uint8Array | undefined =>
  loaded === undefined ? undefined : configs.get(loaded);

/** The content of the config.json that a model was loaded with. */
export function loadedConfigOf(model: object): ConfigObject | undefined {
  const bytes = configs.get(model);
  return bytes && (parseJson(bytes, CONFIG) as ConfigObject);
}

/** The fields of a config that changed since it, or the model, was loaded. */
export function editedFields(config: ConfigObject, model: object): string[] {
  const bytes = configs.get(config) ?? configs.get(model);
  const before = bytes && parseJson(bytes, CONFIG);
  if (!isRecord(before)) return [];
  return Object.keys(config).filter((name) => JSON.stringify(config[name]) !== JSON.stringify(before[name]));
}

export const filesOf = (loaded: object | undefined): Files | undefined =>
  loaded === undefined ? undefined : origins.get(loaded);

/** Without the files of the original tokenizer. */
export const withoutTokenizer = (files: Files): Files =>
  new Map([...files].filter(([, bytes]) => !tokenizerBytes.has(bytes)));
