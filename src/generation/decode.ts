import { giveBack } from "../tensor/internal";
import { sampleToken } from "./choose";
import type { End } from "./options";
import type { Plan } from "./plan";
import { endOf, processed, type Row, rowsOf, type Scored } from "./rows";
import type { Scorer } from "./scorer";
import { scorerOf } from "./scorer-of";
import { Turns } from "./yield";

/** A new token, the scores that it was chosen from, and those that the model gave. */
export interface Choice extends Scored {
  row: number;
  id: number;
  logits: Float32Array;
  /** Why the row ends with this token, if it does. */
  end: End | undefined;
}

/** Greedy search and sampling: all rows step together, and leave when they have ended. */
export async function* decode(plan: Plan): AsyncGenerator<Choice> {
  const { settings } = plan;
  const turns = new Turns(settings.signal);
  const scorer = scorerOf(plan);
  let rows = rowsOf(plan);
  // Rows may share their scores, and callers may ask for them.
  const isAlone = rows.length === 1 && !settings.outputScores && !settings.outputLogits;
  for (let step = 0; rows.length > 0; step++) {
    const scores = await scorer.scores();
    const logits = scorer.logits ?? scores;
    const live: Row[] = [];
    for (const row of rows) {
      const own = processed(scores[row.place]!, row, settings, step);
      const id = row.random ? sampleToken(own.scores, row.random, own.most) : own.best;
      row.ids.push(id);
      const end = endOf(id, step, row, settings);
      if (end === undefined) live.push(row);
      yield { ...own, row: row.row, id, logits: logits[row.place]!, end };
      if (isAlone && scorer.givesScores) for (const array of [own.scores, scores[0]!]) giveBack(array);
      // A step of thousands of rows takes longer than a turn.
      if (turns.isDue) await turns.take();
    }
    rows = advanced(scorer, live);
    if (rows.length > 0) await turns.take();
  }
}

/** Goes on with these rows and their last tokens only. */
function advanced(scorer: Scorer, rows: readonly Row[]): Row[] {
  if (rows.length === 0) return [];
  scorer.reorder(rows.map(({ place }) => place));
  scorer.push(rows.map(({ ids }) => ids.at(-1)!));
  return rows.map((row, place) => (row.place === place ? row : { ...row, place }));
}
