import { abortable } from "../../abortable";
import type { OpenedSource, Source } from "../../checkpoint";
import { openFor } from "../../checkpoint/internal";
import { type Checks, checkOptions, expectClass, expectFunction, expectSignal } from "../../checks";
import { type LaterParts, laterOf, loadWithModel } from "../../later";
import { knownAs } from "../../synonyms";
import { quantizedFormat, roundedActivations } from "../../tensor/internal";
import type { Family, Model, ModelOf } from "../family";
import { expectHead } from "./another-head";
import { givenFamilies } from "./given-families";
import { optionSynonyms } from "./option-synonyms";
import type { Loader, LoadOptions, ModelClass, Pretrained } from "./pretrained";
import { type Families, readPretrained } from "./read-pretrained";

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
/**
 * The same for families whose code comes when a config names them.
 *
 * @typeParam Given their type
 * @param families for each `model_type` a function that imports its family
 * @example
 * ```ts
 * import { pretrainedLoader } from "transformer-blocks/families";
 * const load = pretrainedLoader({
 *   qwen3: async () => (await import("transformer-blocks/families/qwen3")).qwen3,
 * });
 * ```
 */
export function pretrainedLoader<Given extends Readonly<Record<string, () => Promise<Family>>>>(
  families: Given,
): Loader<ModelOf<Awaited<ReturnType<Given[keyof Given]>>>>;
export function pretrainedLoader<M extends Model>(families: readonly Family<M>[] | LaterParts<Family<M>>): Loader<M> {
  return loaderOf(givenFamilies("pretrainedLoader", families));
}

/** What makes models: their layers and the kernels, most of the code. */
const making = laterOf("fromPretrained", () => import("./load"));

/** A `fromPretrained` for families that are found by their `model_type`. */
export function loaderOf<M extends Model>(families: Families<M>): Loader<M> {
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
      readPretrained(families, opened, reader, options),
    );
    await abortable(options.signal, () => others);
    return pretrained;
  }
  return load;
}

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
