import type { PositionalEncodingConfig } from "../../blocks";
import { yarnMagnitude } from "../../blocks/internal";
import { isRecord } from "../../fields";
import type { ConfigFields } from "../config-fields";

type Rotary = Extract<PositionalEncodingConfig, { kind: "rotary" }>;
type Scaling = NonNullable<Rotary["scaling"]>;

/** What a family knows of its rotary positions. */
export interface RotaryFamily {
  headDim: number;
  /** The base if the config has none; 10000 if omitted. */
  base?: number | undefined;
  /** The share of a head that is rotated if the config does not say; without it, the family rotates whole heads. */
  fraction?: number | undefined;
  /** The layer type whose parameters are read, where a config has some for each. */
  layerType?: string | undefined;
  /** `rope_parameters` only count for their layer type, and `rope_scaling` only for some: Gemma 3. */
  byLayer?: { scaled: boolean } | undefined;
  /** The field of the base beside the parameters; `rope_theta` if omitted. */
  baseField?: string | undefined;
  /** The field of the share beside the parameters; `partial_rotary_factor` if omitted. */
  fractionField?: string | undefined;
  /** Other names that the family has for rules. */
  renamed?: Readonly<Record<string, Scaling["kind"]>> | undefined;
  /** Whether the rule `dynamic` with an `alpha` stretches the base once, for texts of any length, as in Hunyuan. */
  alpha?: boolean | undefined;
  /** The context length, which some rules need; `max_position_embeddings` if omitted. */
  contextLength?: number | undefined;
}

/** Their names of the rules, which are ours. */
const types = {
  ...{ default: "default", linear: "linear", dynamic: "dynamic", llama3: "llama3", yarn: "yarn" },
  ...{ longrope: "longrope", proportional: "proportional" },
} as const;

/**
 * The rotary positions of a config, for `new PositionalEncoding`. `rope_scaling` takes precedence over
 * `rope_parameters`; base and share of the head lie in it or beside it; a rule is its `rope_type` or `type`; there may be
 * parameters for each layer type.
 *
 * @throws FormatError for an unknown rule, or one without its fields
 */
export function rotaryFields(config: ConfigFields, family: RotaryFamily): Rotary {
  const { parameters, nested } = parametersOf(config, family);
  const { headDim, baseField = "rope_theta" } = family;
  const base = parameters.positive("rope_theta", config.positive(baseField, family.base ?? 10_000));
  const dimensions = dimensionsOf(config, parameters, family);
  // Zero counts as absent.
  const alpha = family.alpha && typeOf(parameters, family) === "dynamic" ? optional(parameters, "alpha") : undefined;
  if (alpha !== undefined) return { kind: "rotary", headDim, base: base * alpha ** (headDim / (headDim - 2)) };
  const scaling = scalingOf({ config, parameters, nested, dimensions }, family);
  return {
    ...{ kind: "rotary", headDim, base },
    ...(dimensions !== headDim && { dimensions }),
    ...(scaling && { scaling }),
  };
}

/** The parameters of rotary positions, for fields that a family has beside the published ones. */
export const rotaryParameters = (config: ConfigFields): ConfigFields => parametersOf(config, {}).parameters;

function typeOf(parameters: ConfigFields, family: RotaryFamily): keyof typeof types {
  const field = parameters.get("rope_type") === undefined ? "type" : "rope_type";
  const known = { ...types, ...family.renamed } as Readonly<Record<string, keyof typeof types>>;
  return parameters.choice(field, known, "default");
}

function parametersOf(config: ConfigFields, { layerType, byLayer }: Pick<RotaryFamily, "layerType" | "byLayer">) {
  const [older, newer] = [config.object("rope_scaling"), config.object("rope_parameters")];
  if (byLayer) {
    const scaled = byLayer.scaled && older.keys().length > 0;
    return { parameters: scaled ? older : newer.object(layerType ?? ""), nested: !scaled };
  }
  const parameters = older.keys().length > 0 ? older : newer;
  const nested = layerType !== undefined && isRecord(parameters.get(layerType));
  return { parameters: nested ? parameters.object(layerType) : parameters, nested };
}

function dimensionsOf(config: ConfigFields, parameters: ConfigFields, family: RotaryFamily): number {
  const { headDim, fraction, fractionField = "partial_rotary_factor" } = family;
  const beside = config.epsilon(fractionField, fraction ?? 1);
  const share = parameters.epsilon("partial_rotary_factor", beside);
  const dimensions = Math.floor(headDim * share);
  const fits = fraction === undefined ? share === 1 : dimensions <= headDim;
  if (fits) return dimensions;
  const holder = parameters.get("partial_rotary_factor") === undefined ? config : parameters;
  const expected =
    fraction === undefined
      ? "1, because this family rotates whole heads"
      : `a share that leaves 0 to ${headDim} dimensions of a head`;
  throw holder.error(holder === config ? fractionField : "partial_rotary_factor", expected);
}

interface Read {
  config: ConfigFields;
  parameters: ConfigFields;
  /** Whether the parameters are those of a layer type. */
  nested: boolean;
  dimensions: number;
}

function scalingOf({ config, parameters, nested, dimensions }: Read, family: RotaryFamily): Scaling | undefined {
  const kind = typeOf(parameters, family);
  if (kind === "default") return undefined;
  const factor = (fallback?: number) => required(parameters, "factor", fallback);
  const length = () => family.contextLength ?? config.whole("max_position_embeddings");
  const original = () => {
    const field = "original_max_position_embeddings";
    // What lies beside the parameters comes first, as in Phi-3.
    if (!nested && config.get(field) !== undefined) return config.whole(field);
    return parameters.get(field) === undefined ? length() : parameters.whole(field);
  };
  switch (kind) {
    case "linear":
      return { kind, factor: factor() };
    case "dynamic":
      return { kind, factor: factor(), contextLength: length() };
    case "proportional":
      return { kind, factor: factor(1) };
    case "llama3":
      return {
        kind,
        factor: factor(),
        lowFrequencyFactor: required(parameters, "low_freq_factor"),
        highFrequencyFactor: required(parameters, "high_freq_factor"),
        originalContextLength: original(),
      };
    case "yarn":
      return yarn(parameters, original(), length);
    case "longrope":
      return {
        kind,
        shortFactors: factors(parameters, "short_factor", dimensions),
        longFactors: factors(parameters, "long_factor", dimensions),
        originalContextLength: original(),
        factor: factor(length() / original()),
        attentionFactor: attentionFactor(parameters),
      };
  }
}

function yarn(parameters: ConfigFields, originalContextLength: number, length: () => number): Scaling {
  // Null stands for the ratio of the two lengths; a missing factor is an error.
  const ratio = "factor" in parameters.value ? length() / originalContextLength : undefined;
  const factor = required(parameters, "factor", ratio);
  const [scale, scaleOfAll] = [optional(parameters, "mscale"), optional(parameters, "mscale_all_dim")];
  const given = attentionFactor(parameters);
  const ofScales = scale && scaleOfAll && yarnMagnitude(factor, scale) / yarnMagnitude(factor, scaleOfAll);
  return {
    ...{ kind: "yarn", factor, originalContextLength, attentionFactor: given ?? (ofScales || undefined) },
    fastTurns: optional(parameters, "beta_fast"),
    slowTurns: optional(parameters, "beta_slow"),
    truncate: parameters.boolean("truncate", true),
  };
}

function required(parameters: ConfigFields, name: string, fallback?: number): number {
  if (parameters.get(name) === undefined && fallback === undefined) throw parameters.error(name, "a number above 0");
  return parameters.positive(name, fallback ?? 1);
}

const attentionFactor = (parameters: ConfigFields): number | undefined =>
  parameters.get("attention_factor") === undefined ? undefined : required(parameters, "attention_factor");

/** A number that counts as absent if it is 0. */
function optional(parameters: ConfigFields, name: string): number | undefined {
  const value = parameters.number(name, 0);
  if (value < 0) throw parameters.error(name, "a number above 0");
  return value === 0 ? undefined : value;
}

/** A number above 0 for each rotated pair. */
function factors(parameters: ConfigFields, name: string, dimensions: number): number[] {
  const list = parameters.get(name);
  const isRight = (value: unknown) => typeof value === "number" && Number.isFinite(value) && value > 0;
  const pairs = Math.ceil(dimensions / 2);
  if (!Array.isArray(list) || !list.every(isRight) || list.length !== pairs)
    throw parameters.error(name, `a list of ${pairs} numbers above 0, one for each rotated pair`);
  return list;
}
