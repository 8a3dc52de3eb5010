import { decoderOf, expectText, type Loaded } from "./pretrained";
import { type InWorker, isInWorker, runThere, streamThere } from "./worker/remote";
import { type CompleteOptions, checkWriting, generationIn, joined, stopsOf, written } from "./writing";

/**
 * Streams the continuation of a text, piece by piece as it is sampled. Pieces consist of whole characters; joined, they
 * equal the result of `complete`. Options are those of `generate`, and `stop`; they default to the model's
 * generation_config.json. A search with beams gives one piece, at its end.
 *
 * @throws TypeError if the model cannot continue texts. Wrong arguments throw at the call, other errors while iterating
 */
export function stream(
  pretrained: Loaded | InWorker,
  text: string,
  options: CompleteOptions = {},
): AsyncGenerator<string> {
  if (isInWorker(pretrained)) return streamThere(pretrained, "stream", [text, options]);
  return completion("stream", pretrained, text, options);
}

/**
 * The continuation of a text, without the text itself.
 *
 * @throws TypeError if the model cannot continue texts
 */
export async function complete(
  pretrained: Loaded | InWorker,
  text: string,
  options: CompleteOptions = {},
): Promise<string> {
  if (isInWorker(pretrained)) return runThere(pretrained, "complete", [text, options]);
  return joined(completion("complete", pretrained, text, options));
}

/** Checks everything that can be known before the model runs. */
function completion(task: string, pretrained: Loaded, text: string, options: CompleteOptions): AsyncGenerator<string> {
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
