import {
  Embedding,
  EncoderBlock,
  EncoderModel,
  HeadTransform,
  initialize,
  initials,
  LayerNorm,
  Module,
  MultiHeadAttention,
  OutputHead,
  Pooler,
  PositionalEncoding,
} from "transformer-blocks";

interface Sizes {
  vocabSize: number;
  padToken: number;
  /** The number of moods. */
  labels: number;
}

const [dModel, heads, layers, dFeedForward, contextLength] = [64, 4, 3, 256, 64];
const [epsilon, activation] = [1e-12, "gelu"] as const;
const initial = initials.normal(0.1);

/** The config.json of such a model. */
export const fillerConfig = ({ vocabSize, padToken }: Sizes) => ({
  ...{ model_type: "roformer", architectures: ["RoFormerForMaskedLM"] },
  ...{ vocab_size: vocabSize, max_position_embeddings: contextLength, type_vocab_size: 2, pad_token_id: padToken },
  ...{ hidden_size: dModel, num_attention_heads: heads, num_hidden_layers: layers, intermediate_size: dFeedForward },
  ...{ hidden_act: activation, layer_norm_eps: epsilon, hidden_dropout_prob: 0, attention_probs_dropout_prob: 0 },
});

/** What names the moods in it. */
export const labelFields = (labels: readonly string[]) => ({
  id2label: Object.fromEntries(labels.entries()),
  label2id: Object.fromEntries(labels.map((label, i) => [label, i])),
});

/** RoFormer's blocks: BERT's, with rotary positions. With them, looking back for a name is learned in fewer steps. */
function blocks(): EncoderBlock[] {
  const position = new PositionalEncoding({ kind: "rotary", headDim: dModel / heads, interleaved: true });
  const attention = () => new MultiHeadAttention({ dModel, heads, queries: { position }, keys: { position }, initial });
  const block = () =>
    new EncoderBlock({ dModel, dFeedForward, activation, norm: "post", epsilon, initial, attention: attention() });
  return Array.from({ length: layers }, block);
}

/** A RoFormer with two heads: one for masked words, and one for the mood of a text. */
export class Filler extends Module {
  readonly encoder: EncoderModel;
  readonly mood: OutputHead;

  constructor({ vocabSize, padToken, labels }: Sizes) {
    super();
    const embedding = new Embedding({ vocabSize, dModel, initial });
    const transform = new HeadTransform({ dModel, activation, epsilon, initial });
    this.encoder = new EncoderModel({
      ...{ vocabSize, contextLength, padToken, embedding },
      types: new Embedding({ vocabSize: 2, dModel, initial }),
      embeddingNorm: new LayerNorm({ dModel, epsilon }),
      blocks: blocks(),
      head: new OutputHead({
        ...{ kind: "maskedLanguageModel", dModel, vocabSize, initial, transform, tied: embedding.weight },
      }),
    });
    const pooler = new Pooler({ dModel, activation, initial });
    this.mood = new OutputHead({ kind: "sequenceClass", dModel, labels, pooler });
    initialize(this, { seed: 1 });
  }
}
