import type { Checks } from "../checks";
import { expectText, type Loaded } from "./loaded";
import { translatorOf } from "./pretrained";
import { fitting } from "./source-text";
import { optionsOfTask, prefixOf } from "./task-params";
import { type LengthOptions, truncationCheck } from "./windows";
import { type InWorker, isInWorker, runThere } from "./worker/remote";
import { checkWriting, generationIn, joined, stopsOf, written } from "./writing";
import type { CompleteOptions } from "./writing-options";

/** The options of `summarize`: those of `generate`, `stop` and `truncation`. */
export interface SummarizeOptions extends CompleteOptions, LengthOptions {}

const checks: Checks<LengthOptions> = { truncation: truncationCheck };

/**
 * Summarizes a text with an encoder-decoder that was trained for it, such as BART, PEGASUS or T5. The words that T5 puts
 * before the text, and generation settings, come from the model's files.
 *
 * @throws TypeError if the model is not an encoder-decoder; RangeError with the lengths for a text that is longer than the
 *   model reads, unless `truncation` is true
 * @see Lewis et al. 2020, BART (arXiv 1910.13461), section 5.3
 */
export async function summarize(
  pretrained: Loaded | InWorker,
  text: string,
  options: SummarizeOptions = {},
): Promise<string> {
  if (isInWorker(pretrained)) return runThere(pretrained, "summarize", [text, options]);
  const textModel = translatorOf("summarize", pretrained);
  expectText("summarize", "text", text);
  checkWriting<LengthOptions>("summarize", textModel, options, checks);
  const { truncation, ...rest } = options;
  const task = "summarization";
  const whole = prefixOf(pretrained, task, "summarize: ") + text;
  const generation = { ...optionsOfTask(pretrained, textModel, task), ...generationIn<object>(rest) };
  const ids = fitting("summarize", { tokenizer: pretrained.tokenizer, textModel }, { text: whole }, truncation);
  return joined(written("summarize", pretrained, textModel, { ids, generation, stop: stopsOf(textModel, options) }));
}
