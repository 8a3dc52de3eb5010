import { byteLevelDecoder, byteLevel as byteLevelWords, inBytes, readByteLevelProcessor } from "../../pipeline";

import type { TokenizerComponent } from "./component";

/** `ByteLevel` as normalizer, pre-tokenizer, post-processor and decoder: text in GPT-2's byte alphabet. */
export const byteLevel: TokenizerComponent = {
  type: "ByteLevel",
  normalizer: () => ({ normalize: inBytes }),
  pre_tokenizer: (fields) =>
    byteLevelWords({
      addPrefixSpace: fields.boolean("add_prefix_space"),
      useRegex: fields.boolean("use_regex", true),
    }),
  post_processor: readByteLevelProcessor,
  decoder: () => byteLevelDecoder,
};
