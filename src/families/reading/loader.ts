import { type OnProgress, type OpenedSource, openCheckpoint, openSource, type Source } from "../../checkpoint";
import { parseJson } from "../../checkpoint/internal";
import {
  arrayOf,
  type Checks,
  checkOptions,
  expectClass,
  expectFunction,
  expectRecord,
  expectSignal,
  expectString,
  wrongKind,
} from "../../checks";
import { classOf } from "../../describe";
import { FormatError } from "../../errors";
import { isRecord } from "../../fields";
import type { Activations, QuantizedFormat } from "../../kernels";
import { keepGenerationSettings } from "../../models/internal";
import type { Signal } from "../../platform";
import { knownAs } from "../../synonyms";
import { quantizedFormat, roundedActivations } from "../../tensor/internal";
import { readTokenizer, type Tokenizer } from "../../tokenizer";
import { ConfigFields, type ConfigObject } from "../config-fields";
import type { Family, Model, ModelOf } from "../family";
import { expectHead, type NewHead, withHead } from "./another-head";
import { generationSettings, generationTokens } from "./generation-tokens";
import type { Head } from "./heads";
import { CONFIG, GENERATION, readingOnce, readKept, rememberFiles } from "./kept-files";
import { loadModel } from "./load";
import { optionSynonyms } from "./option-synonyms";

/** A model with its tokenizer, config and other files. */
export interface Pretrained<M extends Model = Model> {
  model: M;
  /** If the directory has no tokenizer, using this throws a FormatError. */
  tokenizer: Tokenizer;
  /** The content of config.json, unchanged unless the option `head` asks for another head. */
  config: ConfigObject;
  /** The files, beside config.json and the weights, that `savePretrained` writes back unchanged. */
  files: ReadonlyMap<string, Uint8Array>;
}

/** Options of `fromPretrained` and other loaders. */
export interface LoadOptions {
  /** Called as the bytes of each file arrive. */
  onProgress?: OnProgress | undefined;
  /** Quantizes the weights to 8 or 4 bits, as `quantize` does; float32 if omitted. */
  weights?: QuantizedFormat | undefined;
  /** How what meets quantized `weights` is rounded, as in `quantize`. */
  activations?: Activations | undefined;
  /**
   * Aborts loading with the signal's reason. A server may never answer: `AbortSignal.timeout(60_000)` limits the
   * wait.
   */
  signal?: Signal | undefined;
  /**
   * Another head than the one that config.json names: "none" for the bare model, or for instance "sequenceClass". The
   * checkpoint must have it, unless `{ kind, seed }` asks for a new one with random parameters, to be trained. Tensors of
   * a head that is not used are kept and saved again. The returned config names the class with this head.
   */
  head?: Head | NewHead | undefined;
}

const newHead = (head: LoadOptions["head"]): NewHead | undefined => (typeof head === "string" ? { kind: head } : head);

/** Loads models of certain classes. */
export interface Loader<M extends Model> {
  (source: Source, options?: LoadOptions): Promise<Pretrained<M>>;
  /** With `model`, throws a TypeError unless the model is of that class. */
  <Wanted extends M>(source: Source, options: LoadOptions & { model: ModelClass<Wanted> }): Promise<Pretrained<Wanted>>;
}

const optionChecks: Checks<LoadOptions & { model?: unknown }> = /* @__PURE__ */ knownAs(optionSynonyms, {
  onProgress: expectFunction,
  weights: quantizedFormat,
  activations: roundedActivations,
  signal: expectSignal,
  head: expectHead,
  model: expectClass,
});

/** A class of models, such as `DecoderModel`. */
export type ModelClass<M> = abstract new (...parts: never[]) => M;

/**
 * A `fromPretrained` for only these families: the others are not bundled, and the model's type is one of theirs.
 *
 * @example
 * ```ts
 * import { gpt } from "transformer-blocks";
 * import { gpt2, pretrainedLoader, savePretrained } from "transformer-blocks/families";
 * const files = new Map<string, Uint8Array>();
 * const write = async (name: string, bytes: Uint8Array) => void files.set(name, bytes);
 * const saved = gpt({ vocabSize: 8, contextLength: 16, dModel: 8, heads: 2, layers: 1 }, { seed: 1 });
 * await savePretrained({ model: saved }, { write });
 * const load = pretrainedLoader([gpt2]);
 * const { model } = await load({ read: async (name) => files.get(name) });
 * model.forward([[1, 2, 3]]).shape; // [1, 3, 8]
 * ```
 */
export function pretrainedLoader<F extends Family>(families: readonly F[]): Loader<ModelOf<F>>;
export function pretrainedLoader<M extends Model>(families: readonly Family<M>[]): Loader<M> {
  familiesCheck("pretrainedLoader", "families", families);
  const named = (modelType: unknown) =>
    families.find(({ modelTypes }) => modelTypes.some((type) => type === modelType));
  return loaderOf(
    async (modelType) => named(modelType),
    () => families.flatMap(({ modelTypes }) => modelTypes),
  );
}

/** A `fromPretrained` for the families that a function finds by their `model_type`. */
export function loaderOf<M extends Model>(
  find: (modelType: unknown) => Promise<Family<M> | undefined>,
  known: () => readonly string[],
): Loader<M> {
  async function load(source: Source, options?: LoadOptions): Promise<Pretrained<M>>;
  async function load<Wanted extends M>(
    source: Source,
    options: LoadOptions & { model: ModelClass<Wanted> },
  ): Promise<Pretrained<Wanted>>;
  async function load(source: Source, options: LoadOptions & { model?: ModelClass<M> } = {}): Promise<Pretrained<M>> {
    checkOptions("fromPretrained", options, optionChecks);
    if (options.activations !== undefined && options.weights === undefined)
      throw new TypeError(
        'fromPretrained: activations are rounded only beside quantized weights; give weights, "q8" or "q4"',
      );
    return readingOneModel(source, options, (opened) => loadFrom({ find, known }, opened, options));
  }
  return load;
}

const familyChecks: Checks<Family> = {
  modelTypes: arrayOf(expectString),
  classes: (...given) => (Array.isArray(given[2]) ? arrayOf(expectString)(...given) : expectString(...given)),
  heads: expectRecord,
  aliases: expectRecord,
  defaults: expectRecord,
  layers: (...given) => (typeof given[2] === "function" ? undefined : expectRecord(...given)),
  spelling: expectRecord,
  toModel: expectFunction,
  toConfig: expectFunction,
  names: expectFunction,
};

const familiesCheck = arrayOf((where, name, family) => {
  if (typeof family !== "object" || family === null || !("modelTypes" in family))
    throw wrongKind(where, name, "a family, such as llama from transformer-blocks/families", family);
  const required = ["modelTypes", "layers", "spelling", "toModel", "names"] as const;
  checkOptions(`${where}: ${name}`, family, familyChecks, required);
}, "an array of families");

/** Number of attempts to read a directory that is being saved to. */
const ATTEMPTS = 3;

/** Reads files that all belong to one save. */
async function readingOneModel<T>(
  source: Source,
  { signal }: LoadOptions,
  read: (opened: OpenedSource) => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    const opened = await openSource(source, { signal });
    const outcome = await read(opened).then(
      (value) => () => value,
      (error: unknown) => () => {
        throw error;
      },
    );
    if (signal?.aborted || (await opened.unchanged())) return outcome();
    if (attempt === ATTEMPTS)
      throw new Error(`${opened.name}: its files keep changing while they are read; load it again later`);
  }
}

interface Families<M extends Model> {
  find(modelType: unknown): Promise<Family<M> | undefined>;
  known(): readonly string[];
}

async function loadFrom<M extends Model>(
  families: Families<M>,
  opened: OpenedSource,
  options: LoadOptions & { model?: ModelClass<M> },
): Promise<Pretrained<M>> {
  const configBytes = await opened.read(CONFIG);
  const file = `${opened.name}/${CONFIG}`;
  const published = parseJson(configBytes, file);
  if (!isRecord(published)) throw new FormatError({ file, found: "another kind of JSON", expected: "an object" });
  const family = await familyOf(families, published, file);
  const head = newHead(options.head);
  const config = head === undefined ? published : withHead(family, published, head);
  const once = readingOnce(opened);
  const settings = await once.readOptional("tokenizer_config.json");
  const tokenizer =
    (await readTokenizer(once, settings, options.onProgress)) ??
    (await import("./missing-tokenizer")).missingTokenizer(opened.name);
  const { ofTokenizer, ofModel } = await readKept(once);
  const tokens = generationTokens(config, ofModel.get(GENERATION), `${opened.name}/${GENERATION}`);
  const model = await readModel(family, { ...config, ...tokens }, opened, options);
  if (options.model && !(model instanceof options.model))
    throw new TypeError(`${opened.name} holds ${classOf(model)}, not ${classOf(options.model.prototype)}`);
  keepGenerationSettings(model, generationSettings(config, ofModel.get(GENERATION), opened.name));
  rememberFiles({ model, tokenizer, config }, { ofTokenizer, ofModel, config: configBytes });
  return { model, tokenizer, config, files: new Map([...ofTokenizer, ...ofModel]) };
}

async function readModel<M extends Model>(
  family: Family<M>,
  config: ConfigObject,
  opened: OpenedSource,
  { weights, activations, onProgress, head }: LoadOptions,
): Promise<M> {
  const { tensors, close } = await openCheckpoint(opened, onProgress);
  let whole = false;
  try {
    const model = await loadModel(
      family,
      { config, tensors, name: opened.name },
      { weights, activations, seed: newHead(head)?.seed },
    );
    whole = true;
    return model;
  } finally {
    await close(whole);
  }
}

async function familyOf<M extends Model>(
  { find, known }: Families<M>,
  config: ConfigObject,
  file: string,
): Promise<Family<M>> {
  const family = await find(config.model_type);
  if (family !== undefined) return family;
  const why = await reasonAgainst(config.model_type);
  const expected = why === undefined ? `one of ${known().join(", ")}` : `a family in docs/families.md: here ${why}`;
  throw new ConfigFields(config, { file }).error("model_type", expected);
}

/** Why a published family is not supported. The table is loaded only to say it. */
const reasonAgainst = async (modelType: unknown): Promise<string | undefined> =>
  (await import("../unsupported")).unsupported.get(String(modelType));
