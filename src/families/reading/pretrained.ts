import type { OnProgress, Source } from "../../checkpoint";
import type { Activations, QuantizedFormat } from "../../kernels";
import type { Signal } from "../../platform";
import type { Tokenizer } from "../../tokenizer";
import type { ConfigObject } from "../config-fields";
import type { Model } from "../family";
import type { NewHead } from "./another-head";
import type { Head } from "./heads";

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

/** Loads models of certain classes. */
export interface Loader<M extends Model> {
  (source: Source, options?: LoadOptions): Promise<Pretrained<M>>;
  /** With `model`, throws a TypeError unless the model is of that class. */
  <Wanted extends M>(source: Source, options: LoadOptions & { model: ModelClass<Wanted> }): Promise<Pretrained<Wanted>>;
}

/** A class of models, such as `DecoderModel`. */
export type ModelClass<M> = abstract new (...parts: never[]) => M;
