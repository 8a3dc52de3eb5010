import type { Random } from "../../tensor";
import { bestToken, sampleToken, uniform } from "../choose";
import { probabilitiesOf } from "../processors/distribution";

/** A proposed token, and the scores that it was drawn from unless it is certain. */
export interface Proposal {
  readonly id: number;
  readonly scores?: Float32Array;
}

/**
 * The next token of a row, given a proposal. Greedily, the best token. If the proposal x was drawn from q, it is taken
 * with probability min(1, p(x) / q(x)), and else a token is drawn from max(0, p − q): the result has the distribution p
 * whatever q is. If it was not drawn, a token is drawn from p, the same as without a proposal.
 *
 * @see Leviathan et al. 2023, Fast Inference from Transformers via Speculative Decoding (arXiv 2211.17192), section 2.3
 */
export function tokenAfterProposal(
  scores: Float32Array,
  proposal: Proposal | undefined,
  random: Random | undefined,
): number {
  if (random === undefined) return bestToken(scores);
  if (proposal?.scores === undefined) return sampleToken(scores, random);
  const { id } = proposal;
  const [p, q] = [probabilitiesOf(scores), probabilitiesOf(proposal.scores)];
  if (uniform(random) * q[id]! < p[id]!) return id;
  const rest = p.map((share, token) => Math.log(Math.max(0, share - q[token]!)));
  // Rounding may leave nothing where the distributions are the same.
  return sampleToken(rest.some((score) => score > Number.NEGATIVE_INFINITY) ? rest : scores, random);
}
