import { Module } from "../../blocks";
import { type FileContent, safetensorsParts, type Target, writeDirectory } from "../../checkpoint";
import { isBytes } from "../../checkpoint/internal";
import {
  type Check,
  type Checks,
  checkOptions,
  describe,
  expectSignal,
  instanceOf,
  oneOf,
  wrongKind,
} from "../../checks";
import { isRecord } from "../../fields";
import { DecoderModel, EncoderDecoderModel, EncoderModel } from "../../models";
import type { Signal } from "../../platform";
import { Tokenizer } from "../../tokenizer";
import type { ConfigObject } from "../config-fields";
import type { Model } from "../family";
import { linksOf } from "../name-map";
import { asTheirs } from "./as-theirs";
import { describedModel } from "./described";
import { CONFIG, type Files, filesOf, GENERATION, isOfModel, ownFolders, withoutTokenizer } from "./kept-files";
import { expectStorable, type StoredWeights, storedWeights, weightsOf, withWeights } from "./stored-weights";
import { tokenizerFiles } from "./tokenizer-files";
import { type Unused, unusedOf } from "./unused-weights";

/** What is saved: what `fromPretrained` gave, or a model of one's own. */
export interface Saved {
  model: Model;
  tokenizer?: Tokenizer | undefined;
  /** What config.json shall hold; made from the model unless given. */
  config?: ConfigObject | undefined;
  /** Further files, as they are; unless given, those that the model or its config came with. */
  files?: Files | undefined;
}

export interface SaveOptions {
  /**
   * What the weights are written as. Unless given, what the config says they are, if that loses nothing of their values,
   * else float32; the config then says so.
   */
  weights?: StoredWeights | undefined;
  /** Ends the saving with the signal's reason; the directory stays as it was. */
  signal?: Signal | undefined;
}

const expectModel: Check = (where, name, value) => {
  if (!(value instanceof DecoderModel || value instanceof EncoderModel || value instanceof EncoderDecoderModel))
    throw new TypeError(
      `${where}: ${name} must be a DecoderModel, EncoderModel or EncoderDecoderModel, not ${describe(value)}; saveParameters saves any module's parameters`,
    );
};
const expectConfig: Check = (where, name, value) => {
  if (!isJsonObject(value))
    throw wrongKind(where, name, "the object that config.json shall hold, of what JSON can say", value);
};
const expectFiles: Check = (where, name, value) => {
  if (!(value instanceof Map && [...value.values()].every(isBytes)))
    throw wrongKind(where, name, "a Map from names to Uint8Arrays", value);
};

const savedChecks: Checks<Saved> = {
  model: expectModel,
  tokenizer: instanceOf(Tokenizer, "a Tokenizer"),
  config: expectConfig,
  files: expectFiles,
};
const optionChecks: Checks<SaveOptions> = {
  weights: oneOf(Object.keys(storedWeights)),
  signal: expectSignal,
};

/** Weights in one file or in shards. What an older model had of them goes when this one is saved over it. */
const isWeights = (file: string): boolean => /^model(-\d+-of-\d+)?\.safetensors(\.index\.json)?$/.test(file);

/**
 * Writes a directory that `fromPretrained` opens, here and in Python. What was loaded is written with everything that
 * belongs to it: config.json, generation settings, chat templates, the tokenizer's own files and the modules of a
 * sentence encoder are those that it came with, changed only where the model is another now. Before anything is
 * written, config.json is read back, and must describe the very model: classes, settings and shapes. The same model
 * gives the same bytes. All files change in one step, as `writeDirectory` says: a process that is killed leaves the old
 * model or the new one.
 *
 * @param target a directory path, a file URL, or an object with `write(name, bytes)`
 * @throws TypeError for what is no model, tokenizer, or option
 * @throws RangeError that names the class, the setting or the parameter, if no config.json describes the model, or a value
 * is not finite
 * @throws Error if a parameter has no values
 * @example
 * ```ts
 * import { gpt, savePretrained } from "transformer-blocks";
 * const files = new Map<string, Uint8Array>();
 * const write = async (name: string, bytes: Uint8Array) => void files.set(name, bytes);
 * const model = gpt({ vocabSize: 8, contextLength: 16, dModel: 8, heads: 2, layers: 1 }, { seed: 1 });
 * await savePretrained({ model }, { write });
 * [...files.keys()]; // ["config.json", "model.safetensors"]
 * ```
 */
export async function savePretrained(saved: Saved, target: Target, options: SaveOptions = {}): Promise<void> {
  checkSaved(saved);
  checkOptions("savePretrained", options, optionChecks);
  options.signal?.throwIfAborted();
  const { model, tokenizer } = saved;
  const further = furtherFiles(saved);
  const { family, config: described } = describedModel(model, saved.config, further.get(GENERATION));
  const links = linksOf(family.names(model), model);
  const parameters = model.parameters();
  const unused = unusedOf(model);
  const weights = weightsOf(described, options.weights, valuesOf(model, unused));
  for (const [path, parameter] of parameters) expectStorable(path, parameter.data, weights);
  for (const [name, { data }] of unused) expectStorable(name, data, weights);
  const config = withWeights(described, weights);
  const dtype = storedWeights[weights];
  const tensors = asTheirs(family, config, links, (path) => parameters.get(path)!.data, dtype, unused);
  const files = new Map<string, FileContent>([
    [CONFIG, configBytes(config, saved.config)],
    ["model.safetensors", safetensorsParts(tensors, { format: "pt" }).parts],
    ...filesFor(tokenizer),
    ...further,
  ]);
  await writeDirectory(target, files, {
    signal: options.signal,
    remove: (file) => isWeights(file) || isOfModel(file, tokenizer !== undefined),
    removeIn: ownFolders,
  });
}

function checkSaved(saved: unknown): asserts saved is Saved {
  if (saved instanceof Module) throw new TypeError("savePretrained: give the model by its name, { model }");
  checkOptions("savePretrained", saved, savedChecks, ["model"]);
  const own = [...(saved.files?.keys() ?? [])].find((file) => file === CONFIG || isWeights(file));
  if (own !== undefined)
    throw new RangeError(`savePretrained: files has ${own}, which is made from the model and its config; leave it out`);
}

function isJsonObject(value: unknown): boolean {
  try {
    return isRecord(value) && JSON.stringify(value) !== undefined;
  } catch {
    return false; // a cycle, or a BigInt
  }
}

/** What is written beside model, config and tokenizer. What came with a tokenizer goes where that tokenizer goes. */
function furtherFiles({ model, tokenizer, config, files }: Saved): Files {
  const kept = files ?? filesOf(model) ?? filesOf(config) ?? new Map<string, Uint8Array>();
  const further = new Map(tokenizer === undefined ? kept : withoutTokenizer(kept));
  if (files === undefined) further.delete(CONFIG);
  return further;
}

/** The files that a tokenizer came with, as a tokenizer never changes; or what it is written as. */
const filesFor = (tokenizer: Tokenizer | undefined): Iterable<readonly [string, Uint8Array]> =>
  filesOf(tokenizer) ?? tokenizerFiles(tokenizer).map(([file, content]) => [file, json(content)] as const);

const json = (value: object): Uint8Array => new TextEncoder().encode(`${JSON.stringify(value, undefined, 2)}\n`);

/** The bytes that a config came with, as long as it says the same. */
function configBytes(config: ConfigObject, given: ConfigObject | undefined): Uint8Array {
  const read = filesOf(given)?.get(CONFIG);
  const same = read && JSON.stringify(JSON.parse(new TextDecoder().decode(read))) === JSON.stringify(config);
  return same ? read : json(config);
}

/** The values of one parameter after another, as quantized ones take memory of their own each time. */
function* valuesOf(model: Model, unused: Unused): Generator<Float32Array> {
  for (const parameter of model.parameters().values()) yield parameter.data;
  for (const { data } of unused.values()) yield data;
}
