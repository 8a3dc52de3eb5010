import { Pooler } from "../../blocks";
import type { EncoderModel } from "../../models";
import { relu } from "../../tensor";
import type { Family } from "../family";
import { layer } from "../name-map";
import { encoderModel, headNames, type MaskedNames, tiedTo } from "./encoder-base";
import { encoderSizes } from "./encoder-sizes";
import { roberta } from "./roberta";

const masked: MaskedNames = {
  dense: "vocab_transform",
  norm: "vocab_layer_norm",
  decoder: "vocab_projector",
  bias: "vocab_projector.bias",
};

/**
 * DistilBERT: BERT with half of its layers, without token types and pooler.
 *
 * @see Sanh et al. 2019, DistilBERT (arXiv 1910.01108)
 */
export const distilbert: Family<EncoderModel> = {
  modelTypes: ["distilbert"],
  defaults: { max_position_embeddings: 512, n_heads: 12, n_layers: 6 },
  classes: "DistilBert",
  heads: roberta.heads,
  aliases: { hidden_size: "dim", num_attention_heads: "n_heads", num_hidden_layers: "n_layers" },
  layers: { n_layers: "distilbert.transformer.layer.*" },
  spelling: {
    prefix: { text: "distilbert.", outside: ["vocab_", "pre_classifier.", "classifier.", "qa_outputs."] },
    tied: tiedTo("distilbert.embeddings.word_embeddings.weight", masked),
    ignored: ["distilbert.embeddings.position_ids"],
  },
  names: (model, has) => [
    ...layer("embedding", "distilbert.embeddings.word_embeddings"),
    ...layer("position", "distilbert.embeddings.position_embeddings"),
    ...layer("embeddingNorm", "distilbert.embeddings.LayerNorm"),
    ...layer("blocks.*.attention.query", "distilbert.transformer.layer.*.attention.q_lin"),
    ...layer("blocks.*.attention.key", "distilbert.transformer.layer.*.attention.k_lin"),
    ...layer("blocks.*.attention.value", "distilbert.transformer.layer.*.attention.v_lin"),
    ...layer("blocks.*.attention.output", "distilbert.transformer.layer.*.attention.out_lin"),
    ...layer("blocks.*.attentionNorm", "distilbert.transformer.layer.*.sa_layer_norm"),
    ...layer("blocks.*.feedForward.up", "distilbert.transformer.layer.*.ffn.lin1"),
    ...layer("blocks.*.feedForward.down", "distilbert.transformer.layer.*.ffn.lin2"),
    ...layer("blocks.*.feedForwardNorm", "distilbert.transformer.layer.*.output_layer_norm"),
    ...headNames(model, has, { masked, pooler: "pre_classifier" }),
  ],
  toModel(config) {
    const sizes = { ...encoderSizes(config, { fields }), epsilon: 1e-12 };
    const { dModel, initial, dropout } = sizes;
    const ofText = config.rate("seq_classif_dropout", 0.2);
    return encoderModel(config, sizes, false, {
      types: 0,
      pooler: new Pooler({ dModel, activation: relu, initial }),
      dropout: config.head === "tokenClass" ? dropout : ofText,
      spanDropout: config.rate("qa_dropout", 0.1),
    });
  },
};

const fields = {
  ...{ dModel: "dim", heads: "n_heads", layers: "n_layers", dFeedForward: "hidden_dim", activation: "activation" },
  ...{ dropout: "dropout", attentionDropout: "attention_dropout" },
};
