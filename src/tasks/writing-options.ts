import type { Checks } from "../checks";
import type { GenerateOptions } from "../generation";
import { checkGenerateOptions, refuseScores } from "../generation/internal";
import { stopsCheck } from "./stop-strings";

/** The options of tasks that write a text. */
export interface CompleteOptions extends GenerateOptions {
  /**
   * The text ends before the first of these strings. They may contain special tokens as text, such as `<|end|>`,
   * although special tokens are never part of the result.
   */
  stop?: readonly string[] | undefined;
}

const stopChecks: Checks<Pick<CompleteOptions, "stop">> = { stop: stopsCheck };

/**
 * Checks the options of a task that writes a text, as far as no model is needed for it.
 *
 * @param more the task's own options
 */
export function checkWritingOptions<More extends object>(
  task: string,
  options: CompleteOptions & More,
  more?: Checks<More>,
): void {
  checkGenerateOptions<object>(task, options, { ...stopChecks, ...more });
  refuseScores(task, options);
  if (options.mask !== undefined)
    throw new RangeError(`${task}: mask has no effect, because a single text needs no padding; omit it`);
  if ((options.sequences ?? 1) > 1)
    throw new RangeError(`${task}: sequences has no effect, because one text is returned; use generate`);
}
