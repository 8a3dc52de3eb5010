import { abortable } from "../../abortable";
import type { OpenedSource, Source } from "../../checkpoint";
import { openFor } from "../../checkpoint/internal";
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
import { laterOf, loadWithModel } from "../../later";
import { knownAs } from "../../synonyms";
import { quantizedFormat, roundedActivations } from "../../tensor/internal";
import type { Family, Model, ModelOf } from "../family";
import { expectHead } from "./another-head";
import { optionSynonyms } from "./option-synonyms";
import type { Loader, LoadOptions, ModelClass, Pretrained } from "./pretrained";
import { readPretrained } from "./read-pretrained";

const optionChecks: Checks<LoadOptions & { model?: unknown }> = /* @__PURE__ */ knownAs(optionSynonyms, {
  onProgress: expectFunction,
  weights: quantizedFormat,
  activations: roundedActivations,
  signal: expectSignal,
  head: expectHead,
  model: expectClass,
});

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

/** What makes models: their layers and the kernels, most of the code. */
const making = laterOf("fromPretrained", () => import("./load"));

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
    // What makes a model comes while its files are found and read, and so does what the page calls with it.
    const reader = abortable(options.signal, making.load);
    reader.catch(() => {});
    const others = loadWithModel();
    const pretrained = await readingOneModel(source, options, (opened) =>
      readPretrained({ find, known }, opened, reader, options),
    );
    await abortable(options.signal, () => others);
    return pretrained;
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
  load: expectFunction,
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
    const opened = await openFor("fromPretrained", source, { signal });
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
