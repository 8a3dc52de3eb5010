import { abortable } from "../abortable";
import { laterWithModel } from "../later";
import { expectLoaded, expectText, type Loaded } from "./loaded";
import { type InWorker, isInWorker, runThere, streamThere } from "./worker/remote";
import { type CompleteOptions, checkWritingOptions } from "./writing-options";

/** What runs a model to write. */
const writing = laterWithModel("stream and complete", () => import("./completion"));

/**
 * Streams the continuation of a text, piece by piece as it is sampled. Pieces consist of whole characters; joined, they
 * equal the result of `complete`. Options are those of `generate`, and `stop`; they default to the model's
 * generation_config.json. A search with beams gives one piece, at its end.
 *
 * @throws TypeError if the model cannot continue texts. Wrong arguments throw at the call, other errors while iterating.
 *   Before a first model was loaded, the code that knows models comes with the first piece: until then, arguments that are
 *   wrong for this model only throw there
 */
export function stream(
  pretrained: Loaded | InWorker,
  text: string,
  options: CompleteOptions = {},
): AsyncGenerator<string> {
  if (isInWorker(pretrained)) return streamThere(pretrained, "stream", [text, options]);
  if (writing.now) return writing.now.completion("stream", pretrained, text, options);
  checkCall("stream", pretrained, text, options);
  return streamLater(pretrained, text, { ...options });
}

async function* streamLater(pretrained: Loaded, text: string, options: CompleteOptions): AsyncGenerator<string> {
  const { completion } = await abortable(options.signal, writing.load);
  yield* completion("stream", pretrained, text, options);
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
  checkCall("complete", pretrained, text, options);
  const given = { ...options };
  const { completion, joined } = await abortable(given.signal, writing.load);
  return joined(completion("complete", pretrained, text, given));
}

/** Checks all that needs no model, before any code is loaded. */
function checkCall(task: string, pretrained: Loaded, text: string, options: CompleteOptions): void {
  expectLoaded(task, pretrained);
  expectText(task, "text", text);
  checkWritingOptions(task, options);
}
