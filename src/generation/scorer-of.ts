import { Apart } from "./apart";
import { Guided } from "./guided";
import type { Plan } from "./plan";
import type { Scorer } from "./scorer";
import { grouped, startOf } from "./start";
import { Stepper, type StepperOptions } from "./stepper";
import { Turns } from "./yield";

/** What scores the rows of a plan. The prompts are read when it is first asked. */
export function scorerOf(plan: Plan): Scorer {
  const { writer, ids, start, negative, maxNewTokens, settings, caches } = plan;
  const options: StepperOptions = { caches, turns: new Turns(settings.signal), maxNewTokens };
  const rows = new RowScorers(writer, options);
  const own = rows.of(ids, start);
  if (negative === undefined) return own;
  // A negative prompt is read where the prompt is: by the encoder, if there is one.
  const other = writer.encode ? rows.of(negative, start) : rows.of(negative, negative);
  return new Guided(own, other, settings.guidance!.scale);
}

/**
 * What scores one row by itself.
 *
 * @param more the number of new tokens that are read beyond those that scores are needed for
 */
export function stepperOf({ writer, ids, start, limits, settings, caches }: Plan, place: number, more = 0): Stepper {
  const turns = new Turns(settings.signal);
  const options: StepperOptions = { caches, turns, maxNewTokens: limits[place]!.tokens + more };
  return new Stepper(startOf(writer, [ids[place]!], [start[place]!]), options);
}

/** Makes scorers of rows of different lengths. */
class RowScorers {
  constructor(
    readonly writer: Plan["writer"],
    readonly options: StepperOptions,
  ) {}

  /** One for all rows where a mask hides padding; else one for each length. */
  of(prompts: Plan["ids"], start: Plan["start"]): Scorer {
    const { writer, options } = this;
    const stepper = (rows: readonly number[]) =>
      new Stepper(
        startOf(
          writer,
          rows.map((row) => prompts[row]!),
          rows.map((row) => start[row]!),
        ),
        options,
      );
    const groups = grouped(start, (row, r) => (writer.hidesPadding ? "" : `${row.length}, ${prompts[r]!.length}`));
    const parts = [...groups.values()].map((rows) => [stepper(rows), rows] as const);
    return parts.length === 1 ? parts[0]![0] : new Apart(parts);
  }
}
