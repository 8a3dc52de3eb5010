import { PositionalEncoding } from "../../blocks";
import type { DecoderModel } from "../../models";
import type { ConfigFields } from "../config-fields";
import type { Family } from "../family";
import { layer } from "../name-map";
import { decoderHeads, headsOf } from "../reading/heads";
import { type LlamaBase, llamaKin, llamaModel, llamaNames } from "./llama-model";

/** Hunyuan, the dense form: Llama with norms of the queries and keys of each head, after their rotation. */
export const hunyuanDense: Family<DecoderModel> = {
  ...llamaKin,
  heads: headsOf(decoderHeads, "ForCausalLM", "Model", "ForSequenceClassification"),
  modelTypes: ["hunyuan_v1_dense"],
  classes: "HunYuanDenseV1",
  defaults: { max_position_embeddings: 2048, rms_norm_eps: 1e-5, pad_token_id: 0, eos_token_id: 2 },
  names: (model) => [
    ...llamaNames(model),
    ...layer("blocks.*.attention.queries.norm", "model.layers.*.self_attn.query_layernorm"),
    ...layer("blocks.*.attention.keys.norm", "model.layers.*.self_attn.key_layernorm"),
  ],
  toModel(config) {
    config.only({ pretraining_tp: 1 });
    return llamaModel(config, {
      attention: (_, base) => normedAfterRotation(config, base),
      feedForward: () => ({ bias: false }),
    });
  },
};

/** Queries and keys are rotated, then normalized. */
export function normedAfterRotation(config: ConfigFields, base: LlamaBase) {
  const layers = () => ({ position: positionsOf(config, base), norm: base.norm(base.headDim) });
  return { position: undefined, queries: layers(), keys: layers() };
}

/** The rule that files call dynamic is, with an `alpha`, a larger base for all lengths. */
function positionsOf(config: ConfigFields, { headDim, rotary }: LlamaBase): PositionalEncoding {
  const older = config.object("rope_scaling");
  const parameters = older.keys().length > 0 ? older : config.object("rope_parameters");
  const kind = parameters.get("rope_type") ?? parameters.get("type");
  const alpha = parameters.number("alpha", 0);
  if (kind !== "dynamic" || alpha === 0) return rotary();
  const theta = parameters.positive("rope_theta", config.positive("rope_theta", 10_000));
  const base = theta * parameters.positive("alpha", 1) ** (headDim / (headDim - 2));
  return new PositionalEncoding({ kind: "rotary", headDim, base });
}
