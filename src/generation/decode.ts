import type { Random } from "../tensor";
import { bestToken, expectFinite, sampleToken } from "./choose";
import type { Limit } from "./limits";
import type { End } from "./options";
import type { Plan } from "./plan";
import type { ScoreContext } from "./processor";
import { maximum } from "./processors/scores";
import type { Scorer } from "./scorer";
import { scorerOf } from "./scorer-of";
import type { Settings } from "./settings";
import { Turns } from "./yield";

/** A new token, the scores that it was chosen from, and those that the model gave. */
export interface Choice {
  row: number;
  id: number;
  scores: Float32Array;
  logits: Float32Array;
  /** Why the row ends with this token, if it does. */
  end: End | undefined;
}

/** A row in progress. */
interface Row {
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

/** Greedy search and sampling: all rows step together, and leave when they have ended. */
export async function* decode(plan: Plan): AsyncGenerator<Choice> {
  const { settings, maxNewTokens } = plan;
  const turns = new Turns(settings.signal);
  if (maxNewTokens === 0) return;
  const scorer = scorerOf(plan);
  let rows = rowsOf(plan);
  for (let step = 0; rows.length > 0; step++) {
    const scores = await scorer.scores();
    const logits = scorer.logits ?? scores;
    const live: Row[] = [];
    for (const row of rows) {
      const choice = choose(scores[row.place]!, row, settings, step);
      row.ids.push(choice.id);
      const end = endOf(choice.id, step, row, settings);
      if (end === undefined) live.push(row);
      yield { row: row.row, ...choice, logits: logits[row.place]!, end };
    }
    rows = advanced(scorer, live);
    if (rows.length > 0) await turns.take();
  }
}

/** Each prompt has as many rows as sequences come back; until the first token, they share one row of the scorer. */
function rowsOf({ ids, start, limits, settings: { random, search } }: Plan): Row[] {
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

/** Goes on with these rows and their last tokens only. */
function advanced(scorer: Scorer, rows: readonly Row[]): Row[] {
  if (rows.length === 0) return [];
  scorer.reorder(rows.map(({ place }) => place));
  scorer.push(rows.map(({ ids }) => ids.at(-1)!));
  return rows.map((row, place) => (row.place === place ? row : { ...row, place }));
}

function endOf(id: number, step: number, { limit }: Row, { endTokens }: Settings): End | undefined {
  if (endTokens.has(id)) return "endToken";
  return step + 1 === limit.tokens ? limit.end : undefined;
}

function choose(logits: Float32Array, row: Row, { processors }: Settings, step: number) {
  const place = `row ${row.row}, step ${step}`;
  expectFinite(logits, place);
  const { ids, source, random, memory, limit } = row;
  const last = step === limit.tokens - 1;
  const context: ScoreContext = { ids, source, random, memory, step, limit: limit.tokens, last };
  const scores = processors.reduce((result, process) => process(result, context), logits);
  if (maximum(scores) === Number.NEGATIVE_INFINITY) throw new Error(`generate: no token is left to choose in ${place}`);
  return { id: random ? sampleToken(scores, random) : bestToken(scores), scores };
}
