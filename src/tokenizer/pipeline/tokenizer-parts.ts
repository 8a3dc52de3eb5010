import type { AddedTokens } from "./added-tokens";
import type { Decoder } from "./decoders/decoder";
import type { Model } from "./models/model";
import type { Padding } from "./padding";
import type { PostProcessor } from "./post-processors/post-processor";
import type { PreTokenizer } from "./pre-tokenizers/pre-tokenizer";

import type { SpecialTokens } from "./special-tokens";
import type { Truncation } from "./truncation";

/** The parts of a tokenizer, named as in tokenizer.json. */
export interface TokenizerParts {
  added: AddedTokens;
  model: Model;
  preTokenizer: PreTokenizer | undefined;
  postProcessor: PostProcessor | undefined;
  decoder: Decoder | undefined;
  special: SpecialTokens;
  padding: Padding;
  /** Absent if {@link tokenizerLoader} was called without it. */
  truncation: Truncation | undefined;
  cleanUpSpaces: boolean;
  /** Whether special tokens in a text become their ids, by default. */
  recognizeSpecial: boolean;
  /** The tokenizer_config.json it was read with. */
  config: Readonly<Record<string, unknown>>;
  /** The components as JSON, except the model and the added tokens. */
  json: Record<string, unknown>;
}
