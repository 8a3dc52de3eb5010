import { HeadTransform, MultiHeadAttention, Pooler, PositionalEncoding, RotationTable } from "../../blocks";
import type { EncoderModel } from "../../models";
import type { Family } from "../family";
import { bertHead, bertNames, encoderModel, headNames, tiedTo } from "./encoder-base";
import { encoderSizes } from "./encoder-sizes";
import { roberta } from "./roberta";
import { summaryOf } from "./sequence-summary";

/** Sines and cosines, in checkpoints that hold them. */
const TABLE = "roformer.encoder.embed_positions.weight";

/**
 * RoFormer: BERT with rotary positions, which may turn values too.
 *
 * @see Su et al. 2021, RoFormer (arXiv 2104.09864)
 */
export const roformer: Family<EncoderModel> = {
  modelTypes: ["roformer"],
  defaults: { max_position_embeddings: 1536, num_attention_heads: 12, num_hidden_layers: 12 },
  classes: "RoFormer",
  heads: roberta.heads,
  layers: { num_hidden_layers: "roformer.encoder.layer.*" },
  spelling: {
    prefix: { text: "roformer.", outside: ["cls.", "classifier.", "qa_outputs."] },
    tied: tiedTo("roformer.embeddings.word_embeddings.weight", bertHead),
    unused: ["cls.predictions.bias"],
  },
  names: (model, has) => [
    ...bertNames("roformer."),
    { ours: "blocks.0.attention.queries.position.weight", theirs: TABLE },
    ...headNames(model, has, { pooler: "classifier.dense", sequence: "classifier.out_proj" }),
  ],
  toModel(config, has) {
    const sizes = encoderSizes(config);
    const { dModel, heads, initial, epsilon, dropout, attentionDropout, activation } = sizes;
    const width = config.size("embedding_size", dModel);
    const headDim = dModel / heads;
    const position = has(TABLE)
      ? new RotationTable({ headDim, contextLength: sizes.contextLength })
      : new PositionalEncoding({ kind: "rotary", headDim, interleaved: true });
    const turned = { queries: { position }, keys: { position } };
    const values = config.boolean("rotary_value", false) ? { position } : undefined;
    return encoderModel(config, { ...sizes, width }, false, {
      position: false,
      block: () => ({
        attention: new MultiHeadAttention({ dModel, heads, ...turned, values, dropout: attentionDropout, initial }),
      }),
      masked: new HeadTransform({ dModel, width, activation, epsilon, initial }),
      pooler:
        config.head === "multipleChoice"
          ? summaryOf(config, sizes, { kind: "last" })
          : new Pooler({ dModel, activation, dropout, initial }),
      dropout,
    });
  },
};
