import type { DecoderModel } from "../../models";
import { codeLater } from "../code-later";
import type { Family } from "../family";
import { llamaFacts, olderSpelling } from "./llama-facts";

/**
 * Llama: pre-norm with RMSNorm, rotary positions, grouped key/value heads, gated feed-forward layers.
 *
 * @see Touvron et al. 2023, LLaMA: Open and Efficient Foundation Language Models (arXiv 2302.13971)
 */
export const llama: Family<DecoderModel> = {
  ...llamaFacts,
  modelTypes: ["llama"],
  classes: "Llama",
  spelling: olderSpelling,
  defaults: { num_attention_heads: 32, num_hidden_layers: 32, eos_token_id: 2, max_position_embeddings: 2048 },
  ...codeLater<DecoderModel>("llama", () => import("./llama-code")),
};
