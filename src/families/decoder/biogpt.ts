import type { DecoderModel } from "../../models";
import { activations } from "../activations";
import type { Family } from "../family";
import { layer } from "../name-map";
import { decoderHeads, headsOf } from "../reading/heads";
import { plainModel } from "./plain";
import { headNames, separate } from "./plain-names";
import { plainSpelling } from "./plain-spelling";

/**
 * BioGPT: pre-norm, learned positions, scaled token vectors. Its norms have an epsilon of 1e-5, whatever
 * `layer_norm_eps` says, in transformers as well.
 *
 * @see Luo et al. 2022, BioGPT (arXiv 2210.10341)
 */
export const bioGpt: Family<DecoderModel> = {
  modelTypes: ["biogpt"],
  classes: "BioGpt",
  heads: headsOf(decoderHeads, "ForCausalLM", "Model", "ForSequenceClassification", "ForTokenClassification"),
  defaults: {
    max_position_embeddings: 1024,
    num_attention_heads: 16,
    num_hidden_layers: 24,
    eos_token_id: 2,
    pad_token_id: 1,
  },
  layers: { num_hidden_layers: "biogpt.layers.*" },
  spelling: plainSpelling("biogpt.", "embed_tokens", { head: "output_projection" }),
  toModel: (config) => {
    config.only({ layerdrop: 0 });
    const dModel = config.size("hidden_size");
    const residual = config.rate("hidden_dropout_prob", 0.1);
    return plainModel(config, {
      vocabSize: config.size("vocab_size"),
      contextLength: config.size("max_position_embeddings"),
      dModel,
      heads: config.size("num_attention_heads"),
      layers: config.size("num_hidden_layers"),
      dFeedForward: config.size("intermediate_size"),
      activation: config.choice("hidden_act", activations, "gelu"),
      embeddingScale: config.boolean("scale_embedding", true) ? Math.sqrt(dModel) : 1,
      dropout: {
        ...{ embedding: residual, residual },
        attention: config.rate("attention_probs_dropout_prob", 0.1),
        hidden: config.rate("activation_dropout", 0),
      },
    });
  },
  names: (model) => [
    ...layer("embedding", "biogpt.embed_tokens"),
    // Position m is row m + 2.
    { ours: "position.weight", theirs: "biogpt.embed_positions.weight", unusedRows: 2 },
    ...layer("blocks.*.attentionNorm", "biogpt.layers.*.self_attn_layer_norm"),
    ...separate("biogpt.layers.*.self_attn"),
    ...layer("blocks.*.attention.output", "biogpt.layers.*.self_attn.out_proj"),
    ...layer("blocks.*.feedForwardNorm", "biogpt.layers.*.final_layer_norm"),
    ...layer("blocks.*.feedForward.up", "biogpt.layers.*.fc1"),
    ...layer("blocks.*.feedForward.down", "biogpt.layers.*.fc2"),
    ...layer("norm", "biogpt.layer_norm"),
    ...headNames(model, { languageModel: "output_projection" }),
  ],
};
