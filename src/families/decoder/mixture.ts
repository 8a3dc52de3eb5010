import {
  type Activation,
  FeedForward,
  Linear,
  MixtureOfExperts,
  type Router,
  TopKRouter,
  type TopKRouterConfig,
} from "../../blocks";
import type { DecoderModel } from "../../models";
import { initials } from "../../tensor";
import { activations } from "../activations";
import type { ConfigFields } from "../config-fields";
import type { Spelling } from "../family";
import { layer, type NameRule } from "../name-map";
import { llamaKin } from "./llama-model";

/** What a family's mixtures of experts are made of. */
export interface Mixture {
  /** The config field with the number of experts. */
  count: string;
  /** The width inside each expert. */
  width: number;
  /** How many experts a token gets, and how they are weighed; or the router itself. */
  router: Omit<TopKRouterConfig, "dModel" | "experts" | "initial"> | ((experts: number) => Router);
  /** The width inside the expert that every token gets; 0 for none. */
  shared?: number | undefined;
  /** The activation of every expert; the config's `hidden_act` if omitted. */
  activation?: Activation | undefined;
  sharedBias?: boolean | undefined;
  sharedGate?: boolean | undefined;
  sharing?: "sum" | "mean" | undefined;
  weigh?: "outputs" | "inputs" | undefined;
}

/** The mixture of a layer in Llama's spelling of its other fields. */
export function mixtureOf(config: ConfigFields, { dModel }: { dModel: number }, mixture: Mixture): MixtureOfExperts {
  const { width, router, shared = 0, sharedBias = false, sharedGate, sharing, weigh } = mixture;
  const experts = config.sizeOf(mixture.count, dModel);
  const initial = initials.normal(config.deviation("initializer_range", 0.02));
  const activation = mixture.activation ?? config.choice("hidden_act", activations, "silu");
  const expert = (dFeedForward: number, bias = false) =>
    new FeedForward({ dModel, dFeedForward, activation, gated: true, bias, initial });
  return new MixtureOfExperts({
    experts: Array.from({ length: experts }, () => expert(width)),
    router: typeof router === "function" ? router(experts) : new TopKRouter({ dModel, experts, initial, ...router }),
    ...(shared > 0 && {
      shared: expert(shared, sharedBias),
      sharedGate: sharedGate ? new Linear({ inFeatures: dModel, outFeatures: 1, bias: false, initial }) : undefined,
      sharing,
    }),
    weigh,
  });
}

/** The window of all layers; none if the config has none. */
export const windowOf = (config: ConfigFields): number | undefined =>
  config.get("sliding_window") === undefined ? undefined : config.whole("sliding_window");

/** Llama's spelling for checkpoints with layers that predict further tokens, which no model here has. */
export const withoutFurtherTokens = (...names: readonly string[]): Spelling => ({
  ...llamaKin.spelling,
  unused: names,
});

/** Where a family keeps the parts of its mixtures. */
export interface MixtureNames {
  /** The mixture, `model.layers.*.mlp`. */
  at: string;
  /** Names in it. */
  router?: string | undefined;
  correction?: string | undefined;
  shared?: string | undefined;
  /** Names of an expert's matrices, and of the shared one's. */
  parts?: readonly [gate: string, up: string, down: string] | undefined;
  /** Where transformers 5 keeps them in memory, if elsewhere. */
  memory?: { readonly at: string; readonly router: string } | undefined;
}

const own = "blocks.*.feedForward";

/**
 * The names of mixtures whose experts are stored one by one, or, where the checkpoint has it so, all in one tensor of
 * each kind, [experts, 2 · width, dModel], as transformers 5 keeps them in memory.
 */
export function mixtureNames(model: DecoderModel, has: (theirs: string) => boolean, names: MixtureNames): NameRule[] {
  const { correction, shared, parts = ["gate_proj", "up_proj", "down_proj"] } = names;
  const inMemory = names.memory ?? names;
  const fused = `${inMemory.at}.experts.gate_up_proj`;
  const isFused = model.blocks.some((_, index) => has(fused.replace("*", String(index))));
  const { at, router = "gate" } = isFused ? inMemory : names;
  const [gate, up, down] = parts;
  return [
    ...layer(`${own}.router`, `${at}.${router}`),
    ...(correction === undefined ? [] : [{ ours: `${own}.router.correction`, theirs: `${at}.${correction}` }]),
    ...(isFused
      ? fusedNames(at)
      : [
          ...layer(`${own}.experts.*.gate`, `${at}.experts.*.${gate}`),
          ...layer(`${own}.experts.*.up`, `${at}.experts.*.${up}`),
          ...layer(`${own}.experts.*.down`, `${at}.experts.*.${down}`),
        ]),
    ...(shared === undefined
      ? []
      : [
          ...layer(`${own}.shared.gate`, `${at}.${shared}.${gate}`),
          ...layer(`${own}.shared.up`, `${at}.${shared}.${up}`),
          ...layer(`${own}.shared.down`, `${at}.${shared}.${down}`),
        ]),
  ];
}

/** The names of experts in one tensor of each kind; transposed, these are [experts, in, out]. */
export function fusedNames(at: string, transpose = false): NameRule[] {
  const ofExperts = `${own}.experts.*`;
  return [
    {
      ours: [`${ofExperts}.gate.weight`, `${ofExperts}.up.weight`],
      theirs: `${at}.experts.gate_up_proj`,
      stacked: true,
      transpose,
    },
    { ours: `${ofExperts}.down.weight`, theirs: `${at}.experts.down_proj`, stacked: true, transpose },
  ];
}
