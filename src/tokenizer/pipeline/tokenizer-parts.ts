import type { AddedTokens } from "./added-tokens";
import type { Decoder } from "./decoders/decoder";
import type { Model } from "./models/model";
import type { Padding } from "./padding";
import type { PostProcessor } from "./post-processors/post-processor";
import type { PreTokenizer } from "./pre-tokenizers/pre-tokenizer";

import type { SpecialTokens } from "./special-tokens";
import type { Truncation } from "./truncation";

/** The parts of a tokenizer, as tokenizer.json names them. */
export interface TokenizerParts {
  added: AddedTokens;
  model: Model;
  preTokenizer: PreTokenizer | undefined;
  postProcessor: PostProcessor | undefined;
  decoder: Decoder | undefined;
  special: SpecialTokens;
  padding: Padding;
  /** Absent where {@link tokenizerLoader} was given none. */
  truncation: Truncation | undefined;
  cleanUpSpaces: boolean;
  /** Whether special tokens in a text are taken for what they stand for, where a call does not say. */
  recognizeSpecial: boolean;
  /** The tokenizer_config.json it was read with. */
  config: Readonly<Record<string, unknown>>;
  /** The components as JSON; the model and the added tokens write their own. */
  json: Record<string, unknown>;
}
