import type { Random } from "../tensor";
import { giveBack, survey } from "../tensor/internal";
import { bestToken, expectFinite } from "./choose";
import { isOver } from "./constraint";
import type { Limit } from "./limits";
import type { End } from "./options";
import type { Plan } from "./plan";
import type { ScoreContext } from "./processor";
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
  /** The first of the best tokens, and its score. */
  readonly best: number;
  readonly most: number;
  /** log Σ e^x of the scores, if it is known. */
  readonly sum: number | undefined;
}

/**
 * The scores that a row's next token is chosen from.
 *
 * @throws Error that names the step, if the model's scores are NaN or Infinity; RangeError if no token is left
 */
export function processed(logits: Float32Array, row: Row, settings: Settings, step: number): Scored {
  const { where, processors, tells } = settings;
  const place = `row ${row.row}, step ${step}`;
  const own = survey(logits, tells && processors.length === 0);
  if (own.best < 0) expectFinite(where, logits, place);
  const scores = scoresAfter(logits, row, settings, step);
  const { most, best, logSum } = scores === logits ? own : survey(scores, tells);
  if (most === Number.NEGATIVE_INFINITY)
    throw new RangeError(`${where}: no token is left to choose in ${place}: the options exclude all of them`);
  return { scores, most, best: best < 0 ? bestToken(scores) : best, sum: logSum };
}

/** The scores after the processors. What one has made and the next one has read goes back: nobody else has seen it. */
export function scoresAfter(logits: Float32Array, row: Row, { processors }: Settings, step: number): Float32Array {
  const context = contextOf(row, step);
  let scores = logits;
  for (const process of processors) {
    const next = process(scores, context);
    if (scores !== logits && scores !== next) giveBack(scores);
    scores = next;
  }
  return scores;
}
