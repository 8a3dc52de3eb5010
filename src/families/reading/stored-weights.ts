import type { FloatDtype } from "../../checkpoint";
import { encodeFloats, toFloat32 } from "../../checkpoint/internal";
import type { ConfigObject } from "../config-fields";
import type { Model } from "../family";
import type { Link } from "../name-map";
import { loadedDtype } from "./as-loaded";
import type { Unused } from "./unused-weights";

/** The dtypes in which weights can be saved, by their names in config.json. */
export const storedWeights = { float32: "F32", float16: "F16", bfloat16: "BF16" } as const;

/** The smallest magnitudes that round to infinity. */
const overflow: Readonly<Record<StoredWeights, number>> = {
  float32: Number.POSITIVE_INFINITY,
  float16: 65_520,
  bfloat16: (2 - 2 ** -8) * 2 ** 127,
};

/** @throws RangeError that names the first value of a parameter that cannot be stored */
export function expectStorable(path: string, values: Float32Array, weights: StoredWeights): void {
  const most = overflow[weights];
  for (let i = 0; i < values.length; i++) {
    if (Math.abs(values[i]!) < most) continue;
    const why = Number.isFinite(values[i]) ? `too large for ${weights}` : "not finite; nothing was saved";
    throw new RangeError(`savePretrained: the parameter ${path} holds ${values[i]} at ${i}, ${why}`);
  }
}

export type StoredWeights = keyof typeof storedWeights;

const isStored = (name: unknown): name is StoredWeights =>
  typeof name === "string" && Object.hasOwn(storedWeights, name);

/** The config fields for the dtype of the weights, in newer and older files. */
const FIELDS = ["dtype", "torch_dtype"] as const;

/**
 * The dtype in which weights are saved: what the caller asked for; else the config's dtype if it can represent every
 * value; else float32, which is lossless.
 */
export function weightsOf(
  config: ConfigObject,
  asked: StoredWeights | undefined,
  values: Iterable<Float32Array>,
): StoredWeights {
  if (asked !== undefined) return asked;
  const [said] = FIELDS.map((field) => config[field]).filter((name) => name !== undefined && name !== null);
  if (!isStored(said) || said === "float32") return "float32";
  for (const part of values) if (!isExact(part, storedWeights[said])) return "float32";
  return said;
}

/**
 * The dtypes that a model's tensors were loaded with, if it can be saved in exactly these: some have the config's dtype,
 * others may be float32 beside them.
 */
export function ownDtypes(
  model: Model,
  config: ConfigObject,
  links: readonly Link[],
  numbers: (path: string) => Float32Array,
  unused: Unused,
): ReadonlyMap<string, FloatDtype> | undefined {
  const said = FIELDS.map((field) => config[field]).find(isStored);
  const dtypes = new Map<string, FloatDtype>();
  const parts: Part[] = [
    ...links.map(({ theirs, ours }): Part => [theirs, () => ours.map(({ path }) => numbers(path))]),
    ...Array.from(unused.tensors, ([theirs, { data }]): Part => [theirs, () => [data]]),
  ];
  for (const [theirs] of parts) {
    const dtype = loadedDtype(model, theirs);
    if (dtype === undefined) return undefined;
    dtypes.set(theirs, dtype);
  }
  const kinds = new Set(dtypes.values());
  if (kinds.size === 1 || said === undefined || !kinds.has(storedWeights[said])) return undefined;
  for (const [theirs, values] of parts)
    for (const part of values()) if (!isExact(part, dtypes.get(theirs)!)) return undefined;
  return dtypes;
}

/** A tensor, and the values that it holds. */
type Part = readonly [theirs: string, values: () => Iterable<Float32Array>];

/** The config with the dtype of its weights, unchanged if already correct. */
export function withWeights(config: ConfigObject, weights: StoredWeights): ConfigObject {
  const said = FIELDS.filter((field) => config[field] !== undefined && config[field] !== null);
  if (said.length === 0) return weights === "float32" ? config : { ...config, torch_dtype: weights };
  if (said.every((field) => config[field] === weights)) return config;
  return { ...config, ...Object.fromEntries(said.map((field) => [field, weights])) };
}

/** Numbers checked at a time: keeps copies small, and stops at the first one that does not fit. */
const PORTION = 1 << 16;

function isExact(values: Float32Array, dtype: FloatDtype): boolean {
  for (let start = 0; start < values.length; start += PORTION) {
    const part = values.subarray(start, start + PORTION);
    const rounded = toFloat32(dtype, encodeFloats(part, dtype))!;
    for (let i = 0; i < part.length; i++) if (rounded[i] !== part[i]) return false;
  }
  return true;
}
