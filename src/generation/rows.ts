import type { Random } from "../tensor";
import { logSum } from "../tensor/internal";
import { expectFinite } from "./choose";
import { isOver } from "./constraint";
import type { Limit } from "./limits";
import type { End } from "./options";
import type { Plan } from "./plan";
import type { ScoreContext } from "./processor";
import { maximum } from "./processors/scores";
import type { Settings } from "./settings";

/** A row in progress. */
export interface Row {
  readonly row: number;
  readonly source: readonly number[];
  readonly ids: number[];
  readonly random: Random | undefined;
  /** What processors keep of this row. */
  readonly memory: Map<object, unknown>;
  readonly limit: Limit;
  /** Its row of the scorer. */
  readonly place: number;
}

/** Each prompt has as many rows as sequences come back; until the first token, they share one row of the scorer. */
export function rowsOf({ ids, start, limits, settings: { random, search } }: Plan): Row[] {
  return start.flatMap((tokens, place) =>
    Array.from({ length: search.sequences }, (_, copy) => {
      const row = place * search.sequences + copy;
      return {
        ...{ row, place, source: ids[place]!, ids: [...tokens], limit: limits[place]! },
        random: random?.stream(`row ${row}`),
        memory: new Map(),
      };
    }),
  );
}

/** Why a row ends with this token, its last, if it does. */
export function endOf(id: number, step: number, row: Row, settings: Settings): End | undefined {
  const { constraint, endTokens, isLate } = settings;
  if (endTokens.has(id)) return "endToken";
  if (constraint !== undefined && isOver(constraint, contextOf(row, step + 1))) return "constraint";
  if (step + 1 === row.limit.tokens) return row.limit.end;
  return isLate() ? "time" : undefined;
}

function contextOf({ ids, source, random, memory, limit }: Row, step: number): ScoreContext {
  return { ids, source, random, memory, step, limit: limit.tokens, last: step === limit.tokens - 1 };
}

/** What a row's next token is chosen from. */
export interface Scored {
  readonly scores: Float32Array;
  /** log Σ e^x of the scores, if it is known because no processor has changed them. */
  readonly sum: number | undefined;
}

/**
 * The scores that a row's next token is chosen from.
 *
 * @throws Error that names the step, if the model's scores are NaN or Infinity; RangeError if no token is left
 */
export function processed(logits: Float32Array, row: Row, settings: Settings, step: number): Scored {
  const { where } = settings;
  const place = `row ${row.row}, step ${step}`;
  const sum = logSum(logits);
  const isUsual = !Number.isNaN(sum);
  if (!isUsual) expectFinite(where, logits, place);
  const scores = scoresAfter(logits, row, settings, step);
  const isKnown = isUsual && scores === logits;
  if (!isKnown && maximum(scores) === Number.NEGATIVE_INFINITY)
    throw new RangeError(`${where}: no token is left to choose in ${place}: the options exclude all of them`);
  return { scores, sum: isKnown ? sum : undefined };
}

/** The scores after the processors. */
export function scoresAfter(logits: Float32Array, row: Row, { processors }: Settings, step: number): Float32Array {
  const context = contextOf(row, step);
  return processors.reduce((result, process) => process(result, context), logits);
}
