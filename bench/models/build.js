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

/** The sizes that a model of `buildModel` has. */
export const configOf = (model) => configs.get(model);
