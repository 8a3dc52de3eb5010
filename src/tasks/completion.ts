import { expectText, type Loaded } from "./loaded";
import { decoderOf } from "./pretrained";
import { checkWriting, generationIn, joined, stopsOf, written } from "./writing";
import type { CompleteOptions } from "./writing-options";

export { joined };

/** The pieces of a continuation. Checks everything that can be known before the model runs. */
export function completion(
  task: string,
  pretrained: Loaded,
  text: string,
  options: CompleteOptions,
): AsyncGenerator<string> {
  const textModel = decoderOf(task, pretrained);
  expectText(task, "text", text);
  checkWriting(task, textModel, options);
  const { ids } = pretrained.tokenizer.encode(text);
  return written(task, pretrained, textModel, {
    ids,
    generation: generationIn(options),
    stop: stopsOf(textModel, options),
  });
}
