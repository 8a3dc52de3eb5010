import { abortable } from "../../abortable";
import { Module } from "../../blocks";
import { type FileContent, safetensorsParts, type Target, writeDirectory } from "../../checkpoint";
import { isBytes } from "../../checkpoint/internal";
import { type Check, type Checks, checkOptions, expectSignal, instanceOf, oneOf, wrongKind } from "../../checks";
import { isRecord } from "../../fields";
import { DecoderModel, EncoderDecoderModel, EncoderModel } from "../../models";
import type { Signal } from "../../platform";
import type { Parameter } from "../../tensor";
import { elsewhereOf } from "../../tensor/internal";
import { Tokenizer } from "../../tokenizer";
import type { ConfigObject } from "../config-fields";
import type { Model } from "../family";
import { linksOf } from "../name-map";
import { hadName, namesIn } from "./as-loaded";
import { asTheirs } from "./as-theirs";
import { describedModel } from "./described";
import {
  CONFIG,
  configBytesOf,
  type Files,
  filesOf,
  GENERATION,
  isOfModel,
  loadedConfigOf,
  ownFolders,
  withoutTokenizer,
} from "./kept-files";
import { expectStorable, ownDtypes, type StoredWeights, storedWeights, weightsOf, withWeights } from "./stored-weights";
import { tokenizerFiles } from "./tokenizer-files";
import { type Unused, unusedOf, unusedValues } from "./unused-weights";

/** The result of `fromPretrained`, or any model with its config and files. */
export interface Saved {
  model: Model;
  tokenizer?: Tokenizer | undefined;
  /**
   * The content of config.json. If omitted, that which the model was loaded with, or one for the sizes that `gpt`, `bert`
   * or `encoderDecoder` was given.
   */
  config?: ConfigObject | undefined;
  /** Further files to write unchanged; if omitted, those that the model or its config was loaded with. */
  files?: Files | undefined;
}

/** Options of `savePretrained`. */
export interface SaveOptions {
  /**
   * The stored type of the weights. If omitted, the type in the config if that is lossless, otherwise float32; the
   * config is updated to match.
   */
  weights?: StoredWeights | undefined;
  /** Aborts with the signal's reason; the directory stays unchanged. */
  signal?: Signal | undefined;
}

const expectModel: Check = (where, name, value) => {
  if (!(value instanceof DecoderModel || value instanceof EncoderModel || value instanceof EncoderDecoderModel))
    throw new TypeError(
      `${wrongKind(where, name, "a DecoderModel, EncoderModel or EncoderDecoderModel", value).message}; saveParameters saves any module's parameters`,
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

/** Weights in one file or in shards; those of an older model are removed. */
const isWeights = (file: string): boolean => /^model(-\d+-of-\d+)?\.safetensors(\.index\.json)?$/.test(file);

/**
 * Writes a directory that `fromPretrained` opens, here and in Python. A loaded model is saved with the files it was
 * loaded with: config.json, generation settings, chat templates, the tokenizer's own files and the modules of a
 * sentence encoder, changed only where the model has changed. Before anything is written, config.json is read back and
 * must describe exactly this model: classes, settings and shapes. The same model always gives the same bytes. All files
 * change in one step, as `writeDirectory` explains: if the process is killed, the directory holds the old model or the
 * new one.
 *
 * @param target a directory path, a file URL, or an object with `write(name, bytes)`
 * @throws TypeError if an argument is of the wrong kind, and for unknown options
 * @throws RangeError that names the class, setting or parameter, if no config.json describes the model, or if
 *   a value is not finite
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
  const { model, tokenizer, config: given = loadedConfigOf(model) } = saved;
  const further = furtherFiles(saved);
  const { family, config: described } = await abortable(options.signal, () =>
    describedModel(model, given, further.get(GENERATION)),
  );
  const links = linksOf(family.names(model, hadName(model)), model);
  const parameters = model.parameters();
  const numbers = await readable(parameters);
  const unused = unusedOf(model);
  const own = options.weights === undefined ? ownDtypes(model, described, links, numbers, unused) : undefined;
  const weights = own ? "float32" : weightsOf(described, options.weights, valuesOf(parameters.keys(), numbers, unused));
  for (const path of parameters.keys()) expectStorable(path, numbers(path), weights);
  for (const [name, values] of unusedValues(unused)) expectStorable(name, values, weights);
  // Weights that were compressed are saved whole.
  const { quantization_config: _, ...config } = own ? described : withWeights(described, weights);
  const tensors = asTheirs(links, numbers, {
    ...namesIn(model, family, config),
    dtypeOf: (theirs) => own?.get(theirs) ?? storedWeights[weights],
    unused,
  });
  const files = new Map<string, FileContent>([
    [CONFIG, configBytes(config, configBytesOf(saved.config) ?? configBytesOf(model))],
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
  if (saved instanceof Module) throw new TypeError("savePretrained: pass the model as { model }");
  checkOptions("savePretrained", saved, savedChecks, ["model"]);
  const own = [...(saved.files?.keys() ?? [])].find((file) => file === CONFIG || isWeights(file));
  if (own !== undefined)
    throw new RangeError(`savePretrained: files has ${own}, which is derived from the model and its config; omit it`);
}

function isJsonObject(value: unknown): boolean {
  try {
    return isRecord(value) && JSON.stringify(value) !== undefined;
  } catch {
    return false; // a cycle, or a BigInt
  }
}

/** The files to write beside model, config and tokenizer. A tokenizer's own files follow only that tokenizer. */
function furtherFiles({ model, tokenizer, config, files }: Saved): Files {
  const kept = files ?? filesOf(model) ?? filesOf(config) ?? new Map<string, Uint8Array>();
  const further = new Map(tokenizer === undefined ? kept : withoutTokenizer(kept));
  if (files === undefined) further.delete(CONFIG);
  return further;
}

/** The files that a tokenizer was loaded with, because tokenizers are immutable; otherwise its serialized form. */
const filesFor = (tokenizer: Tokenizer | undefined): Iterable<readonly [string, Uint8Array]> =>
  filesOf(tokenizer) ?? tokenizerFiles(tokenizer).map(([file, content]) => [file, json(content)] as const);

const json = (value: object): Uint8Array => new TextEncoder().encode(`${JSON.stringify(value, undefined, 2)}\n`);

/** The original bytes of a config, if its content is unchanged. */
function configBytes(config: ConfigObject, read: Uint8Array | undefined): Uint8Array {
  const same = read && JSON.stringify(JSON.parse(new TextDecoder().decode(read))) === JSON.stringify(config);
  return same ? read : json(config);
}

/** The numbers of parameters by path. Those on a device are read before; a quantized one's are copied at each call. */
async function readable(parameters: ReadonlyMap<string, Parameter>): Promise<(path: string) => Float32Array> {
  const read = new Map<string, Float32Array>();
  for (const [path, parameter] of parameters)
    if (elsewhereOf(parameter) !== undefined) read.set(path, await parameter.read());
  return (path) => read.get(path) ?? parameters.get(path)!.data;
}

/** Yields the values of one parameter at a time, because each quantized one is copied. */
function* valuesOf(
  paths: Iterable<string>,
  numbers: (path: string) => Float32Array,
  unused: Unused,
): Generator<Float32Array> {
  for (const path of paths) yield numbers(path);
  for (const [, values] of unusedValues(unused)) yield values;
}
