import type { DecoderModel, EncoderDecoderModel, EncoderModel } from "../models";
import type { FlatConfig } from "../models/internal";
import type { ConfigFields, ConfigObject } from "./config-fields";
import type { NameRule } from "./name-map";
import type { Heads } from "./reading/heads";

/** The models that a checkpoint can hold. */
export type Model = DecoderModel | EncoderModel | EncoderDecoderModel;

/** How names in a checkpoint may differ from those in the family's rules. */
export interface Spelling {
  /** A prefix of all names, which checkpoints of the bare model may omit. */
  readonly prefix?:
    | {
        readonly text: string;
        /** Names that never have the prefix: those of the heads. */
        readonly outside: readonly string[];
        /** Architectures that are written without the prefix; the family's class that ends in `Model` if omitted. */
        readonly bare?: readonly string[] | undefined;
        /** The prefixes of other classes, by the ends of their names. */
        readonly others?: Readonly<Record<string, string>> | undefined;
      }
    | undefined;
  /** Suffixes used by older checkpoints, mapped to the current ones. */
  readonly aliases?: Readonly<Record<string, string>> | undefined;
  /** Names of tied copies, which are absent or equal to the tensor they are tied to. */
  readonly tied?: Readonly<Record<string, string>> | undefined;
  /** Names, with `*` for an index, of tensors that follow from the config: they are not saved again. */
  readonly ignored?: readonly string[] | undefined;
  /**
   * Names, with `*` for an index, of tensors that no model here uses, but which are saved again with the model they were
   * loaded with. `model.layers.46.**` stands for all names that begin with `model.layers.46.`.
   */
  readonly unused?: readonly string[] | undefined;
}

type LayerFields = Readonly<Record<string, string>>;

/** The fields of a config that count layers. */
export const layersOf = ({ layers }: Pick<Family, "layers">, config: ConfigFields): LayerFields =>
  typeof layers === "function" ? layers(config) : layers;

/** A family of checkpoints as data: its config mapped to ours and back, and its parameters' names. */
export interface Family<M extends Model = Model> {
  /** The `model_type` of its config.json. */
  readonly modelTypes: readonly string[];
  /** How the names of its classes in `architectures` begin: "Llama" of LlamaForCausalLM. */
  readonly classes?: string | readonly string[] | undefined;
  /** How they end, and the head of each: a table of reading/heads.ts, or a part of one. `toModel` reads `config.head`. */
  readonly heads?: Heads | undefined;
  /** Other spellings of config fields, mapped to the names that `toModel` reads. */
  readonly aliases?: Readonly<Record<string, string>> | undefined;
  /** The values of absent config fields: those of transformers' config class that `toModel` has no other for. */
  readonly defaults?: Readonly<ConfigObject> | undefined;
  /** The config fields that count layers, each with the name prefix of those layers, `*` for the index; or those of a config. */
  readonly layers: LayerFields | ((config: ConfigFields) => LayerFields);
  readonly spelling: Spelling;
  /** Loads the code of the functions below, if that comes later. It is waited for before any of them is called. */
  load?(): Promise<unknown>;
  /**
   * The model that a config describes, with parameters declared but not allocated.
   *
   * @param has whether the checkpoint has a tensor with this name
   * @throws FormatError for a field that is missing, wrong, or needs unsupported mathematics
   */
  toModel(config: ConfigFields, has: (theirs: string) => boolean): M;
  /**
   * The config.json of a model that a factory made. Loaded models keep the one they came with.
   *
   * @param flat the config of sizes that the factory was given, with its defaults
   * @throws RangeError that names the setting if the family cannot express it
   */
  toConfig?(flat: FlatConfig): ConfigObject;
  /**
   * Maps the checkpoint's names to the model's parameters.
   *
   * @param has whether the checkpoint has a tensor with this name, for families that are published in several
   *   spellings: a model is saved in the one it was loaded from. For a model that was not loaded, it has none
   */
  names(model: M, has: (theirs: string) => boolean): readonly NameRule[];
}

/** The same family with its code, so that its functions may be called. */
export async function withCode<F extends Pick<Family, "load">>(family: F): Promise<F> {
  await family.load?.();
  return family;
}

/** The model class of a family. */
export type ModelOf<F> = F extends Family<infer M> ? M : never;
