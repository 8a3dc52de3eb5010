/** Fields that change no number of a forward pass, and nothing else that a model here does. */
export const harmless: ReadonlySet<string> = new Set([
  ...["_name_or_path", "model_type", "transformers_version", "dtype"], // names, and what the weights are stored as
  ...["output_attentions", "output_hidden_states", "return_dict", "use_cache"], // what is given back beside the result
  ...["initializer_range", "init_std", "initializer_factor", "initializer_cutoff_factor"], // of training from the start
  ...["chunk_size_feed_forward", "reorder_and_upcast_attn"], // the order of the same sums
  ...["bos_token_id", "forced_eos_token_id", "forced_bos_token_id"], // of generation: see generation-config.test.ts
  ...["sep_token_id", "cls_token_id", "mask_token_id"], // of the tokenizer
  ...["summary_type", "summary_use_proj", "summary_activation", "summary_proj_to_labels", "summary_first_dropout"],
  ...["problem_type", "label2id"], // of `classify`: see config-values.test.ts
]);

/** Fields of heads that only some models have; of others they say nothing. */
export const ofClassifiers: ReadonlySet<string> = new Set(["id2label", "num_labels", "classifier_dropout"]);

/** Fields that do nothing in one family, by its `model_type`, each with the reason. Alphabetical, a line each. */
export const harmlessIn: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  distilbert: { sinusoidal_pos_embds: "how the positions were made, which are stored" },
};
