import { LayerNorm } from "../../blocks";
import type { EncoderModel } from "../../models";
import type { Family } from "../family";
import { layer } from "../name-map";
import { bertNames, headNames, tiedTo } from "./encoder-base";
import { roberta, robertaHead, robertaModel } from "./roberta";

/**
 * RoBERTa that normalizes the input of each layer, and once more after the last block.
 *
 * @see Ott et al. 2019, fairseq (arXiv 1904.01038)
 */
export const robertaPreLayerNorm: Family<EncoderModel> = {
  ...roberta,
  modelTypes: ["roberta-prelayernorm"],
  classes: "RobertaPreLayerNorm",
  layers: { num_hidden_layers: "roberta_prelayernorm.encoder.layer.*" },
  spelling: {
    prefix: { text: "roberta_prelayernorm.", outside: ["lm_head.", "classifier.", "qa_outputs."] },
    tied: tiedTo("roberta_prelayernorm.embeddings.word_embeddings.weight", robertaHead),
    ignored: ["roberta_prelayernorm.embeddings.position_ids"],
    unused: ["roberta_prelayernorm.pooler.dense.weight", "roberta_prelayernorm.pooler.dense.bias", "lm_head.bias"],
  },
  names: (model, has) => [
    ...bertNames("roberta_prelayernorm."),
    ...layer("blocks.*.attentionNorm", "roberta_prelayernorm.encoder.layer.*.attention.LayerNorm"),
    ...layer("blocks.*.feedForwardNorm", "roberta_prelayernorm.encoder.layer.*.intermediate.LayerNorm"),
    ...layer("norm", "roberta_prelayernorm.LayerNorm"),
    ...headNames(model, has, { masked: robertaHead, pooler: "classifier.dense", sequence: "classifier.out_proj" }),
  ],
  toModel: (config, has) =>
    robertaModel(config, has("roberta_prelayernorm.pooler.dense.weight"), {
      block: () => ({ norm: "pre" }),
      norm: new LayerNorm({ dModel: config.size("hidden_size"), epsilon: config.epsilon("layer_norm_eps", 1e-12) }),
    }),
};
