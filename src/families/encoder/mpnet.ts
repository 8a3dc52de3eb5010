import { HeadTransform, MultiHeadAttention, Pooler, PositionalEncoding, RelativePositions } from "../../blocks";
import type { EncoderModel } from "../../models";
import type { Family } from "../family";
import { layer } from "../name-map";
import { bertNames, encoderModel, headNames, tiedTo } from "./encoder-base";
import { encoderSizes } from "./encoder-sizes";
import { roberta, robertaHead } from "./roberta";

/** Positions are counted without this token, whatever the config says. */
const PADDING = 1;

/**
 * MPNet: RoBERTa without token types, with a bias of scores by distance that all layers share.
 *
 * @see Song et al. 2020, MPNet (arXiv 2004.09297)
 */
export const mpnet: Family<EncoderModel> = {
  modelTypes: ["mpnet"],
  defaults: { max_position_embeddings: 512, num_attention_heads: 12, num_hidden_layers: 12 },
  classes: "MPNet",
  heads: roberta.heads,
  layers: { num_hidden_layers: "mpnet.encoder.layer.*" },
  spelling: {
    prefix: { text: "mpnet.", outside: ["lm_head.", "classifier.", "qa_outputs."] },
    tied: tiedTo("mpnet.embeddings.word_embeddings.weight", robertaHead),
    ignored: ["mpnet.embeddings.position_ids"],
    unused: ["mpnet.pooler.dense.weight", "mpnet.pooler.dense.bias", "lm_head.bias"],
  },
  names: (model, has) => [
    ...bertNames("mpnet."),
    ...layer("blocks.*.attention.query", "mpnet.encoder.layer.*.attention.attn.q"),
    ...layer("blocks.*.attention.key", "mpnet.encoder.layer.*.attention.attn.k"),
    ...layer("blocks.*.attention.value", "mpnet.encoder.layer.*.attention.attn.v"),
    ...layer("blocks.*.attention.output", "mpnet.encoder.layer.*.attention.attn.o"),
    ...layer("blocks.*.attentionNorm", "mpnet.encoder.layer.*.attention.LayerNorm"),
    ...layer("blocks.0.attention.scoreBias", "mpnet.encoder.relative_attention_bias"),
    ...headNames(model, has, { masked: robertaHead, pooler: "classifier.dense", sequence: "classifier.out_proj" }),
  ],
  toModel(config, has) {
    const whole = encoderSizes(config, { padToken: PADDING, endToken: 2 });
    const offset = PADDING + 1;
    if (offset >= whole.contextLength) throw config.error("max_position_embeddings", `more than ${offset} rows`);
    const sizes = { ...whole, padToken: PADDING, contextLength: whole.contextLength - offset };
    const { dModel, heads, initial, epsilon, dropout, attentionDropout, contextLength } = sizes;
    const rows = config.size("relative_attention_num_buckets", 32);
    // The number of buckets is not that of the config.
    const scoreBias = new RelativePositions({ heads, buckets: 32, rows, initial });
    return encoderModel(config, sizes, has("mpnet.pooler.dense.weight"), {
      types: 0,
      position: new PositionalEncoding({ kind: "learned", dModel, contextLength, offset, initial }),
      positions: "unpadded",
      block: () => ({
        attention: new MultiHeadAttention({ dModel, heads, scoreBias, dropout: attentionDropout, initial }),
      }),
      masked: new HeadTransform({ dModel, epsilon, initial }),
      pooler: new Pooler({ dModel, initial, dropout }),
      pooled: ["none", "multipleChoice"],
      dropout,
    });
  },
};
