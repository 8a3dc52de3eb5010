/** Fields that change no number of a forward pass, and nothing else that a model here does. */
export const harmless: ReadonlySet<string> = new Set([
  ...["_name_or_path", "model_type", "transformers_version", "dtype"], // names, and what the weights are stored as
  ...["output_attentions", "output_hidden_states", "return_dict", "use_cache"], // what is given back beside the result
  ...["initializer_range", "init_std", "initializer_factor", "initializer_cutoff_factor"], // of training from the start
  ...["chunk_size_feed_forward", "reorder_and_upcast_attn"], // the order of the same sums
  ...["bos_token_id", "forced_eos_token_id", "forced_bos_token_id", "encoder_no_repeat_ngram_size"], // of generation: see generation-config.test.ts
  ...["sep_token_id", "cls_token_id", "mask_token_id"], // of the tokenizer
  ...["summary_type", "summary_use_proj", "summary_activation", "summary_proj_to_labels", "summary_first_dropout"],
  ...["output_router_logits", "router_aux_loss_coef", "router_jitter_noise", "input_jitter_noise"], // of training experts
  ...["is_decoder", "is_encoder_decoder"], // what the class says
  ...["problem_type", "label2id"], // of `classify`: see config-values.test.ts
]);

/** Fields of heads that only some models have; of others they say nothing. */
export const ofClassifiers: ReadonlySet<string> = new Set(["id2label", "num_labels", "classifier_dropout"]);

/** Whole layers are skipped in training only, which nobody does to a model that is loaded. */
const layerDrop = {
  decoder_layerdrop: "of training from the start",
  encoder_layerdrop: "of training from the start",
};

const ofT5 = {
  feed_forward_proj: "newer files repeat it in dense_act_fn and is_gated_act, which count",
  tie_word_embeddings: "newer files say scale_decoder_outputs, which counts; a head of its own is in the checkpoint",
};

/** Fields that do nothing in one family, by its `model_type`, each with the reason. Alphabetical, a line each. */
export const harmlessIn: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  bart: layerDrop,
  biogpt: { layer_norm_eps: "its norms have PyTorch's epsilon" },
  blenderbot: layerDrop,
  "blenderbot-small": layerDrop,
  bloom: {
    pretraining_tp: "changes nothing without slow_but_exact",
    slow_but_exact: "the same sums in another order, unless pretraining_tp is above 1: then it is refused",
  },
  codegen: { n_ctx: "transformers does not read it" },
  cohere2_moe: {
    rope_theta: "rope_parameters has it",
    sliding_window_pattern: "layer_types lists the layers",
  },
  deberta: { legacy: "the names in the checkpoint tell the head" },
  "deberta-v2": { legacy: "the names in the checkpoint tell the head" },
  deepseek_v2: {
    head_dim: "follows from qk_rope_head_dim",
    norm_topk_prob: "transformers does not read it",
    qk_head_dim: "follows from its two parts",
  },
  deepseek_v3: {
    head_dim: "follows from qk_rope_head_dim",
    num_nextn_predict_layers: "of layers that no forward pass here uses",
    qk_head_dim: "follows from its two parts",
  },
  deepseek_v32: {
    first_k_dense_replace: "mlp_layer_types says it, if it is there",
    head_dim: "follows from qk_rope_head_dim",
    mlp_bias: "transformers does not read it",
    qk_head_dim: "follows from its two parts",
  },
  distilbert: { sinusoidal_pos_embds: "the table of positions is stored either way" },
  dots1: { max_window_layers: "layer_types lists the layers" },
  "encoder-decoder": {
    pad_token_id: "of batches; positions are counted by the padding of each of the two models",
  },
  exaone_moe: {
    first_k_dense_replace: "mlp_layer_types lists the layers",
    sliding_window_pattern: "layer_types lists the layers",
  },
  gemma3_text: { _sliding_window_pattern: "what layer_types was made of" },
  gemma3n_text: { altup_coef_clip: "of training alone" },
  gemma4_text: {
    moe_intermediate_size: "of mixtures, which enable_moe_block refuses",
    num_experts: "of mixtures, which enable_moe_block refuses",
    top_k_experts: "of mixtures, which enable_moe_block refuses",
  },
  glm4_moe: { num_nextn_predict_layers: "the layers for further tokens are not used" },
  gpt_bigcode: {
    attention_softmax_in_fp32: "everything is in float32",
    num_key_value_heads: "follows from multi_query",
    scale_attention_softmax_in_fp32: "everything is in float32",
  },
  gpt_neox: { is_decoder: "transformers does not read it" },
  gpt_oss: { hidden_act: "the activation is always the clamped one" },
  granitemoehybrid: {
    mamba_chunk_size: "of Mamba layers",
    mamba_conv_bias: "of Mamba layers",
    mamba_d_conv: "of Mamba layers",
    mamba_d_head: "of Mamba layers",
    mamba_d_state: "of Mamba layers",
    mamba_expand: "of Mamba layers",
    mamba_n_groups: "of Mamba layers",
    mamba_n_heads: "of Mamba layers",
    mamba_proj_bias: "of Mamba layers",
    time_step_limit: "of Mamba layers",
  },
  hunyuan_v1_dense: { eod_token_id: "of generation by hand; transformers reads it nowhere" },
  hunyuan_v1_moe: { eod_token_id: "of the tokenizer" },
  llama4_text: {
    interleave_moe_layer_step: "moe_layers lists the layers",
    no_rope_layer_interval: "no_rope_layers lists the layers",
  },
  m2m_100: layerDrop,
  marian: layerDrop,
  mbart: layerDrop,
  minicpm3: { head_dim: "follows from qk_rope_head_dim", qk_head_dim: "follows from its two parts" },
  modernbert: {
    deterministic_flash_attn: "how the same sums are computed",
    sparse_pred_ignore_index: "of the loss",
    sparse_prediction: "of the loss",
  },
  mpnet: { pad_token_id: "positions are counted without token 1, whatever it is" },
  mpt: {
    emb_pdrop: "transformers does not read it",
    embedding_fraction: "transformers does not read it",
    expansion_ratio: "transformers takes 4",
    init_device: "transformers does not read it",
    learned_pos_emb: "transformers does not read it",
    logit_scale: "transformers does not read it",
    no_bias: "transformers has no biases",
    norm_type: "transformers does not read it",
    resid_pdrop: "transformers takes attn_pdrop",
  },
  mt5: { ...ofT5, tie_word_embeddings: "the head is tied if the checkpoint has none of its own" },
  pegasus: layerDrop,
  phimoe: { num_experts_per_tok: "the router always chooses two" },
  qwen2_moe: { max_window_layers: "layer_types lists the layers" },
  switch_transformers: {
    add_cross_attention: "transformers does not read it",
    add_router_probs: "what transformers returns beside the scores",
    router_ignore_padding_tokens: "transformers does not read it",
    router_jitter_noise: "of training alone",
    router_z_loss_coef: "of training alone",
  },
  umt5: ofT5,
  xglm: { decoder_start_token_id: "of generation with an encoder" },
};
