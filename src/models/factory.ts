import { initialize, type Module } from "../blocks";
import { seed as expectSeed } from "../blocks/internal";
import type { Checks } from "../checks";
import type { DecoderConfig, EncoderConfig, EncoderDecoderConfig } from "./configs";

/** Options of `gpt`, `bert` and `encoderDecoder`. */
export interface InitializeOptions {
  /** Parameters depend only on the seed and their paths. Without a seed, they are declared but not allocated. */
  seed?: number | undefined;
}

export const initializeChecks: Checks<InitializeOptions> = { seed: expectSeed };

/** The config of sizes that a factory made a model of, with the factory's defaults. */
export type FlatConfig =
  | { readonly factory: "gpt"; readonly config: DecoderConfig }
  | { readonly factory: "bert"; readonly config: EncoderConfig }
  | { readonly factory: "encoderDecoder"; readonly config: EncoderDecoderConfig };

const flatConfigs = new WeakMap<object, FlatConfig>();

/** The config that a factory made a model of, if one did. */
export const flatConfigOf = (model: object): FlatConfig | undefined => flatConfigs.get(model);

/** Remembers the model's config, and gives it values if there is a seed. */
export function built<M extends Module>(model: M, flat: FlatConfig, { seed }: InitializeOptions): M {
  flatConfigs.set(model, flat);
  return seed === undefined ? model : initialize(model, { seed });
}
