import type { Choice } from "../decode";
import type { Plan } from "../plan";
import { endOf, processed, type Row, rowsOf } from "../rows";
import { stepperOf } from "../scorer-of";
import { Turns } from "../yield";
import { draftsOf } from "./drafts";
import { inTurns } from "./in-turns";
import { tokenAfterProposal } from "./proposals";

/**
 * Greedy search or sampling in which several proposed tokens are scored in one pass of the model. Each row runs by
 * itself, because rows accept different numbers of tokens.
 *
 * @see Leviathan et al. 2023, Fast Inference from Transformers via Speculative Decoding (arXiv 2211.17192), algorithm 1
 */
export const speculate = (plan: Plan): AsyncGenerator<Choice> =>
  inTurns(rowsOf(plan).map((row) => speculated(plan, row)));

async function* speculated(plan: Plan, row: Row): AsyncGenerator<Choice> {
  const { settings } = plan;
  const turns = new Turns(settings.signal);
  const scorer = stepperOf(plan, row.place);
  const drafts = draftsOf(plan, row);
  /** Proposals that the scorer has and that were not taken. */
  let ahead = 0;
  try {
    for (let step = 0; ; await turns.take()) {
      // After the proposals there is always one more token.
      const proposals = await drafts.propose(row, step, row.limit.tokens - step - 1);
      scorer.mark();
      for (const { id } of proposals) scorer.push([id]);
      ahead = proposals.length;
      const [logits] = await scorer.scoresOfLast(proposals.length + 1);
      for (const [at, own] of logits!.entries()) {
        const scored = processed(own, row, settings, step);
        const id = tokenAfterProposal(scored.scores, proposals[at], row.random);
        const isProposed = id === proposals[at]?.id;
        if (isProposed) ahead--;
        row.ids.push(id);
        const end = endOf(id, step++, row, settings);
        yield { ...scored, row: row.row, id, logits: own, end };
        if (end !== undefined) return;
        if (isProposed) continue;
        scorer.drop(ahead);
        ahead = 0;
        scorer.push([id]);
        break;
      }
    }
  } finally {
    // A cache that others go on with holds nothing but the text.
    scorer.drop(ahead);
  }
}
