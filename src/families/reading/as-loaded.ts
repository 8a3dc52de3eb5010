import type { CheckpointTensor, FloatDtype } from "../../checkpoint";
import type { ConfigObject } from "../config-fields";
import type { Family, Model } from "../family";
import { type Spelled, written } from "./stored-names";

/** How the file that a model was loaded from says its weights: they are saved in the same way. */
interface AsLoaded {
  /** The class in config.json. For another one, names may have to be others. */
  readonly architecture: unknown;
  /** The names in the file, by those of the family's rules. */
  readonly names: ReadonlyMap<string, string>;
  /** The dtypes, by the names of the family's rules. None if the weights were compressed. */
  readonly dtypes: ReadonlyMap<string, CheckpointTensor["dtype"]>;
  /** Names in the file of copies, and which tensor each is a copy of. */
  readonly copies: ReadonlyMap<string, string>;
}

const loaded = new WeakMap<Model, AsLoaded>();

/**
 * Remembers how a checkpoint says its weights.
 *
 * @param stored all tensors, by the names of the family's rules
 * @param own those without tied copies
 */
export function rememberLoaded(
  model: Model,
  family: Family,
  config: ConfigObject,
  stored: Spelled,
  own: Spelled,
): void {
  const { tied = {} } = family.spelling;
  const copies = [...stored].filter(
    ([copy]) => !own.has(copy) && own.get(tied[copy] ?? "")?.name !== stored.get(copy)!.name,
  );
  const whole = config.quantization_config === undefined || config.quantization_config === null;
  loaded.set(model, {
    architecture: architectureOf(config),
    names: new Map([...own].map(([theirs, { name }]) => [theirs, name])),
    dtypes: new Map(whole ? [...own].map(([theirs, { tensor }]) => [theirs, tensor.dtype]) : []),
    copies: new Map(copies.map(([copy, { name }]) => [name, tied[copy]!])),
  });
}

const architectureOf = ({ architectures }: ConfigObject): unknown =>
  Array.isArray(architectures) ? architectures[0] : undefined;

/** Whether a model was loaded with a tensor of this name. */
export const hadName =
  (model: Model) =>
  (name: string): boolean =>
    loaded.get(model)?.names.has(name) ?? false;

/** How a model's tensors are called in a file with this config. */
export function namesIn(model: Model, family: Family, config: ConfigObject) {
  const architecture = architectureOf(config);
  const before = loaded.get(model);
  const same = before?.architecture === architecture ? before : undefined;
  return {
    nameOf: (theirs: string): string => same?.names.get(theirs) ?? written(theirs, family, architecture),
    copies: same?.copies ?? new Map<string, string>(),
  };
}

/** The dtype that a tensor was loaded with, if it is one in which tensors are saved. */
export function loadedDtype(model: Model, theirs: string): FloatDtype | undefined {
  const dtype = loaded.get(model)?.dtypes.get(theirs);
  return dtype === "F32" || dtype === "F16" || dtype === "BF16" ? dtype : undefined;
}
