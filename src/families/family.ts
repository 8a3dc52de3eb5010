import type { DecoderModel, EncoderDecoderModel, EncoderModel } from "../models";
import type { ConfigFields, ConfigObject } from "./config-fields";
import type { NameRule } from "./name-map";

/** What a checkpoint can hold. */
export type Model = DecoderModel | EncoderModel | EncoderDecoderModel;

/** How names in a checkpoint may differ from those of the family's rules. */
export interface Spelling {
  /** What names begin with, unless a checkpoint of the bare model left it out. */
  readonly prefix?:
    | {
        readonly text: string;
        /** Names that never have it begin so: the heads'. */
        readonly outside: readonly string[];
        /** Architectures that are written without it. */
        readonly bare: readonly string[];
      }
    | undefined;
  /** Endings that older checkpoints use, and what they are called now. */
  readonly aliases?: Readonly<Record<string, string>> | undefined;
  /** Names of second copies: equal to what they are tied to, or absent. */
  readonly tied?: Readonly<Record<string, string>> | undefined;
  /** Names, `*` for an index, of what a checkpoint may hold and nothing needs. */
  readonly ignored?: readonly string[] | undefined;
  /** Names of what belongs to a checkpoint though no model here uses it; it is saved with the model that it came with. */
  readonly unused?: readonly string[] | undefined;
}

/** A family of checkpoints as data: its config in our words and back, and its parameters' names. */
export interface Family<M extends Model = Model> {
  /** The `model_type` of its config.json. */
  readonly modelTypes: readonly string[];
  /** Other spellings of config fields, each with the name that `toModel` reads. */
  readonly aliases?: Readonly<Record<string, string>> | undefined;
  /** The config fields that count layers, each with what the names of those layers begin with, `*` for the index. */
  readonly layers: Readonly<Record<string, string>>;
  readonly spelling: Spelling;
  /**
   * The model a config describes, its parameters declared and not allocated.
   *
   * @param has whether the checkpoint has a tensor of this name
   * @throws FormatError for a field that is missing, wrong, or asks for other mathematics than ours
   */
  toModel(config: ConfigFields, has: (theirs: string) => boolean): M;
  /**
   * The config.json of a model.
   *
   * @throws RangeError that names the setting if this family has no such models
   */
  toConfig(model: Model): ConfigObject;
  /** Which of their names stands for which of the model's parameters. */
  names(model: M): readonly NameRule[];
}

/** The class of models a family makes. */
export type ModelOf<F> = F extends Family<infer M> ? M : never;
