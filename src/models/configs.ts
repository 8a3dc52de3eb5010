import type { ModelConfig } from "./flat-config";

export interface DecoderConfig extends ModelConfig {
  /** The head shares the embedding's weight; true if omitted. */
  tied?: boolean | undefined;
  /** A bias for each token of the head. */
  headBias?: boolean | undefined;
  /** Blocks also attend to `pass.memory`. */
  crossAttention?: boolean | undefined;
  /** A norm after the last block; if omitted, only with norm "pre". */
  finalNorm?: boolean | undefined;
}

/** What an encoder predicts. `dropout` is the model's if omitted. */
export type EncoderHead =
  | { kind: "maskedLanguageModel" }
  | { kind: "sequenceClass"; labels: number; dropout?: number | undefined }
  | { kind: "tokenClass"; labels: number; dropout?: number | undefined }
  | { kind: "questionAnswering" };

export interface EncoderConfig extends ModelConfig {
  /** The number of token types, such as first and second sentence; none if omitted. */
  typeVocabSize?: number | undefined;
  /** A norm of the token vectors. */
  embeddingNorm?: boolean | undefined;
  /** A pooled vector of the first token. */
  pooler?: boolean | undefined;
  head?: EncoderHead | undefined;
}

export interface EncoderDecoderConfig extends ModelConfig {
  /** The decoder's layers; as many as the encoder's if omitted. */
  decoderLayers?: number | undefined;
  /** The decoder's heads; as many as the encoder's if omitted. */
  decoderHeads?: number | undefined;
  /** The decoder's dFeedForward; the encoder's if omitted. */
  decoderDFeedForward?: number | undefined;
  /** The token that every target starts with. */
  startToken?: number | undefined;
  /** A bias for each token of the head. */
  headBias?: boolean | undefined;
}
