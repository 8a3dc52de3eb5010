import { vocabSizeOf } from "./models/sizes.js";
import { sentence } from "./models/words.js";

/** How many words a text draws from: some 160 entries of a vocabulary are no words. */
const wordsOf = (model) => Math.min(5000, vocabSizeOf(model) - 200);

/** Sentences of 4 to `most` tokens, [CLS] and [SEP] included, in no order of length. */
export const sentences = ({ model, count, most }) =>
  Array.from({ length: count }, (_, i) => sentence(2 + ((i * 7919) % (most - 3)), i, wordsOf(model)));

/** What a model is asked to continue. */
export const promptOf = (model) => (model === "story" ? "Once upon a time there was" : sentence(32, 1, wordsOf(model)));
