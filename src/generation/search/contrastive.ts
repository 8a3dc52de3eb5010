import type { Choice } from "../decode";
import type { Plan } from "../plan";
import { probabilitiesOf } from "../processors/distribution";
import { endOf, processed, type Row, rowsOf } from "../rows";
import { stepperOf } from "../scorer-of";
import { Turns } from "../yield";
import { bestCandidates } from "./candidates";
import { inTurns } from "./in-turns";
import { Directions } from "./similarity";

/**
 * Contrastive search: of the k most probable tokens, the one with the greatest
 * (1 − α) p(v) − α max cos(h_v, h_j), where h are last hidden states: of the candidate v, and of all tokens before it.
 *
 * @see Su et al. 2022, A Contrastive Framework for Neural Text Generation (arXiv 2202.06417), equation 5
 */
export const contrast = (plan: Plan): AsyncGenerator<Choice> =>
  inTurns(rowsOf(plan).map((row) => contrasted(plan, row)));

async function* contrasted(plan: Plan, row: Row): AsyncGenerator<Choice> {
  const { settings } = plan;
  const { alpha, k } = settings.search.contrastive!;
  const turns = new Turns(settings.signal);
  const scorer = stepperOf(plan, row.place, 1);
  const seen = new Directions();
  let { logits, states } = await scorer.scoresWithStates(row.ids.length);
  let taken = 0;
  for (let step = 0; ; step++) {
    for (const state of states[taken]!) seen.add(state);
    const own = logits[taken]!;
    const scored = processed(own, row, settings, step);
    const { scores } = scored;
    const candidates = bestCandidates([scores], k);
    // One pass for all candidates, which is also the pass of the token that is taken.
    scorer.reorder(candidates.map(() => taken));
    scorer.push(candidates.map(({ id }) => id));
    ({ logits, states } = await scorer.scoresWithStates(1));
    const shares = probabilitiesOf(scores);
    const judged = candidates.map(({ id }, at) => (1 - alpha) * shares[id]! - alpha * seen.likeness(states[at]![0]!));
    taken = judged.indexOf(Math.max(...judged));
    const { id } = candidates[taken]!;
    row.ids.push(id);
    const end = endOf(id, step, row, settings);
    yield { ...scored, row: row.row, id, logits: own, end };
    if (end !== undefined) return;
    await turns.take();
  }
}
