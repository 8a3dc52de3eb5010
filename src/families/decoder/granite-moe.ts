import type { DecoderModel } from "../../models";
import type { ConfigFields } from "../config-fields";
import type { Family } from "../family";
import { layer, type NameRule } from "../name-map";
import { decoderHeads, headsOf } from "../reading/heads";
import { llamaKin, llamaModel, llamaNames } from "./llama-model";
import { mixtureOf } from "./mixture";

const at = "model.layers.*.block_sparse_moe";
const experts = "blocks.*.feedForward.experts.*";
const shared = "blocks.*.feedForward.shared";

const names: readonly NameRule[] = [
  ...layer("blocks.*.feedForward.router", `${at}.router.layer`),
  { ours: [`${experts}.gate.weight`, `${experts}.up.weight`], theirs: `${at}.input_linear.weight`, stacked: true },
  { ours: `${experts}.down.weight`, theirs: `${at}.output_linear.weight`, stacked: true },
  ...layer([`${shared}.gate`, `${shared}.up`], "model.layers.*.shared_mlp.input_linear"),
  ...layer(`${shared}.down`, "model.layers.*.shared_mlp.output_linear"),
];

/**
 * Granite 3's mixtures: Granite, whose router's softmax is over the chosen experts; the shared form with an expert for
 * every token.
 *
 * @see IBM Research 2024, Granite 3.0 Language Models
 */
export const graniteMoe: Family<DecoderModel> = {
  ...llamaKin,
  modelTypes: ["granitemoe"],
  classes: "GraniteMoe",
  heads: headsOf(decoderHeads, "ForCausalLM", "Model"),
  defaults: {
    max_position_embeddings: 2048,
    num_attention_heads: 32,
    num_hidden_layers: 32,
    num_local_experts: 8,
    num_experts_per_tok: 2,
    eos_token_id: 2,
  },
  names: (model) => [...llamaNames(model), ...names],
  toModel: (config) => graniteMoeModel(config, 0),
};

/** IBM's Granite with experts, and a feed-forward layer that every token gets. */
export const graniteMoeShared: Family<DecoderModel> = {
  ...graniteMoe,
  modelTypes: ["granitemoeshared"],
  defaults: { ...graniteMoe.defaults, max_position_embeddings: 2048, num_attention_heads: 32, num_hidden_layers: 32 },
  classes: "GraniteMoeShared",
  toModel: (config) => graniteMoeModel(config, config.count("shared_intermediate_size", { fallback: 0 })),
};

/** @param dense whether a config may have no experts but the shared one */
export function graniteMoeModel(
  config: ConfigFields,
  shared: number,
  { attention = {}, dense = false }: { attention?: { position?: undefined }; dense?: boolean } = {},
): DecoderModel {
  const isDense = dense && config.get("num_local_experts") === 0;
  const router = () => ({ topK: config.size("num_experts_per_tok"), scores: "softmaxOfChosen" as const });
  return llamaModel(config, {
    embeddingScale: config.number("embedding_multiplier", 1),
    head: { scale: 1 / config.positive("logits_scaling", 1) },
    block: { residualScale: config.number("residual_multiplier", 1) },
    attention: () => ({ scale: config.number("attention_multiplier", 1), ...attention }),
    feedForward: (_, base) =>
      isDense
        ? { dFeedForward: shared, bias: false }
        : mixtureOf(config, base, {
            count: "num_local_experts",
            width: base.dFeedForward,
            router: router(),
            shared,
          }),
  });
}
