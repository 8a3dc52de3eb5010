import { bert, DecoderModel, gpt, initialize, presets } from "../../dist/index.js";
import { sizes } from "./sizes.js";

/** One of our models with random weights, the same for every contestant; `more` adds settings to a GPT. */
export function buildModel(name, more = {}) {
  const { kind, preset, config = presets[preset] } = sizes[name];
  if (kind === "bert") return bert({ ...config, pooler: false }, { seed: 1 });
  if (kind === "gpt") return gpt({ ...config, ...more }, { seed: 1 });
  return initialize(new DecoderModel(config), { seed: 1 });
}
