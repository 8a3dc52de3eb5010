/** Fields that change no number of a forward pass, and nothing else that a model here does. */
export const harmless: ReadonlySet<string> = new Set([
  ...["_name_or_path", "model_type", "transformers_version", "dtype"], // names, and what the weights are stored as
  ...["output_attentions", "output_hidden_states", "return_dict", "use_cache"], // what is given back beside the result
  ...["initializer_range", "init_std", "initializer_factor", "initializer_cutoff_factor"], // of training from the start
  ...["chunk_size_feed_forward", "reorder_and_upcast_attn"], // the order of the same sums
  ...["bos_token_id", "forced_eos_token_id", "forced_bos_token_id"], // of generation: see generation-config.test.ts
  ...["sep_token_id", "cls_token_id", "mask_token_id"], // of the tokenizer
  ...["summary_type", "summary_use_proj", "summary_activation", "summary_proj_to_labels", "summary_first_dropout"],
  ...["is_decoder", "is_encoder_decoder"], // what the class says
  ...["layerdrop", "encoder_layerdrop", "decoder_layerdrop"], // of training: layers that are skipped at random
  ...["output_router_logits", "router_aux_loss_coef", "router_jitter_noise", "input_jitter_noise"], // of training
  ...["decoder_start_token_id", "encoder_no_repeat_ngram_size"], // of generation
  ...["eod_token_id"], // of the tokenizer
  ...["problem_type", "label2id"], // of `classify`: see config-values.test.ts
]);

/** Fields of heads that only some models have; of others they say nothing. */
export const ofClassifiers: ReadonlySet<string> = new Set(["id2label", "num_labels", "classifier_dropout"]);

/** Fields that do nothing in one family, by its `model_type`, each with the reason. Alphabetical, a line each. */
export const harmlessIn: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  biogpt: { layer_norm_eps: "transformers' norms do not read it" },
  bloom: { pretraining_tp: "how the same sums are computed", slow_but_exact: "how the same sums are computed" },
  codegen: { n_ctx: "transformers does not read it" },
  deberta: { legacy: "the names in the checkpoint tell the head" },
  "deberta-v2": { legacy: "the names in the checkpoint tell the head" },
  distilbert: { sinusoidal_pos_embds: "the table of positions is stored either way" },
  glm4_moe: { num_nextn_predict_layers: "layers that transformers does not run" },
  gpt_bigcode: {
    attention_softmax_in_fp32: "all numbers are float32",
    num_key_value_heads: "it follows from multi_query",
    scale_attention_softmax_in_fp32: "all numbers are float32",
  },
  gpt_oss: { hidden_act: "transformers' experts do not read it" },
  modernbert: {
    deterministic_flash_attn: "how the same sums are computed",
    sparse_pred_ignore_index: "of the loss",
    sparse_prediction: "of the loss",
  },
  mpt: {
    emb_pdrop: "transformers does not read it",
    embedding_fraction: "of training",
    expansion_ratio: "transformers does not read it",
    init_device: "of training",
    learned_pos_emb: "transformers does not read it",
    logit_scale: "transformers does not read it",
    no_bias: "transformers does not read it",
    norm_type: "transformers does not read it",
    resid_pdrop: "transformers does not read it",
  },
  phimoe: { num_experts_per_tok: "transformers' router always takes two" },
  mpnet: { pad_token_id: "positions are counted without token 1, whatever it is" },
};
