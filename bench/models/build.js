import { fileURLToPath } from "node:url";
import { bert, gpt, presets } from "../../dist/index.js";
import { sizes } from "./sizes.js";

const configs = new WeakMap();

/** One of our models with random weights, the same for every contestant; `more` adds settings to a GPT. */
export function buildModel(name, more = {}) {
  const { kind, preset, config: given = presets[preset] } = sizes[name];
  const config =
    kind === "bert" ? { epsilon: 1e-12, ...given, pooler: false } : { ...given, ...(kind === "gpt" && more) };
  const model = (kind === "bert" ? bert : gpt)(config, { seed: 1 });
  configs.set(model, config);
  return model;
}

/** The directory of a model of the repository, undefined if its weights are random. */
export const savedAt = (name) =>
  sizes[name].saved && fileURLToPath(new URL(`../../${sizes[name].saved}/`, import.meta.url));

/** One of our models, with the weights of its directory if it has one. */
export async function modelOf(name) {
  const saved = savedAt(name);
  if (!saved) return buildModel(name);
  const { fromPretrained } = await import("../../dist/families.js");
  const { model } = await fromPretrained(saved);
  configs.set(model, sizes[name].config);
  return model;
}

/** The sizes that a model of this file has. */
export const configOf = (model) => configs.get(model);
