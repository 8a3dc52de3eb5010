import { LayerNorm, PositionalEncoding } from "../../blocks";
import type { DecoderModel } from "../../models";
import { activations } from "../activations";
import type { Family } from "../family";
import { layer } from "../name-map";
import { contextLengthOf } from "../reading/context-length";
import { decoderHeads, headsOf } from "../reading/heads";
import { rotaryFields } from "../reading/rotary-fields";
import { plainModel } from "./plain";
import { headNames, separate } from "./plain-names";
import { plainSpelling } from "./plain-spelling";

/**
 * Phi 1 and 2: attention and feed-forward layer side by side behind one norm, rotary positions of a part of each head,
 * biases everywhere.
 *
 * @see Li et al. 2023, Textbooks Are All You Need II (arXiv 2309.05463)
 */
export const phi: Family<DecoderModel> = {
  modelTypes: ["phi"],
  classes: "Phi",
  heads: headsOf(decoderHeads, "ForCausalLM", "Model", "ForSequenceClassification", "ForTokenClassification"),
  defaults: { num_attention_heads: 32, num_hidden_layers: 24, eos_token_id: 2 },
  layers: { num_hidden_layers: "model.layers.*" },
  spelling: plainSpelling("model.", "embed_tokens", { ignored: ["model.layers.*.self_attn.rotary_emb.inv_freq"] }),
  toModel: (config) => {
    const dModel = config.size("hidden_size");
    const heads = config.size("num_attention_heads");
    const headDim = config.size("head_dim", dModel / heads);
    const keyValueHeads = config.size("num_key_value_heads", heads);
    const position = new PositionalEncoding(rotaryFields(config, { headDim, base: 10_000, fraction: 0.5 }));
    const norms = { epsilon: config.epsilon("layer_norm_eps", 1e-5) };
    const normed = config.boolean("qk_layernorm", false);
    const headNorm = () => (normed ? { norm: new LayerNorm({ dModel: headDim, ...norms }) } : undefined);
    const residual = config.rate("resid_pdrop", 0);
    return plainModel(config, {
      vocabSize: config.size("vocab_size"),
      contextLength: contextLengthOf(config, 2048),
      ...{ dModel, heads, norms },
      layers: config.size("num_hidden_layers"),
      dFeedForward: config.size("intermediate_size"),
      activation: config.choice("hidden_act", activations, "gelu_new"),
      parallel: 1,
      attention: () => ({ headDim, keyValueHeads, position, queries: headNorm(), keys: headNorm() }),
      position: false,
      headBias: true,
      tied: false,
      dropout: { embedding: config.rate("embd_pdrop", 0), attention: config.rate("attention_dropout", 0), residual },
    });
  },
  names: (model) => [
    ...layer("embedding", "model.embed_tokens"),
    ...layer("blocks.*.attentionNorm", "model.layers.*.input_layernorm"),
    ...separate("model.layers.*.self_attn"),
    ...layer("blocks.*.attention.queries.norm", "model.layers.*.self_attn.q_layernorm"),
    ...layer("blocks.*.attention.keys.norm", "model.layers.*.self_attn.k_layernorm"),
    ...layer("blocks.*.attention.output", "model.layers.*.self_attn.dense"),
    ...layer("blocks.*.feedForward.up", "model.layers.*.mlp.fc1"),
    ...layer("blocks.*.feedForward.down", "model.layers.*.mlp.fc2"),
    ...layer("norm", "model.final_layernorm"),
    ...headNames(model, { tokenClass: "score" }),
  ],
};
