import { decoderSequence, postProcessorSequence, sequence as preTokenizerSequence } from "../../pipeline";

import type { TokenizerComponent } from "./component";

/** `Sequence` as normalizer, pre-tokenizer, post-processor and decoder: applies its parts in order. */
export const sequence: TokenizerComponent = {
  type: "Sequence",
  normalizer(fields, components) {
    const steps = fields.objects("normalizers").map((step) => components.read("normalizer", step));
    return { normalize: (text) => steps.reduce((current, step) => step.normalize(current), text) };
  },
  pre_tokenizer: (fields, components) =>
    preTokenizerSequence(fields.objects("pretokenizers").map((step) => components.read("pre_tokenizer", step))),
  post_processor: (fields, components) =>
    postProcessorSequence(fields.objects("processors").map((step) => components.read("post_processor", step))),
  decoder: (fields, components) =>
    decoderSequence(fields.objects("decoders").map((step) => components.read("decoder", step))),
};
