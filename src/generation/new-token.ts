import { logSum } from "../tensor/internal";
import type { Choice } from "./decode";
import type { NewToken } from "./options";
import { bestCandidates } from "./search/candidates";

/** A choice as it is told to the caller, with the most probable tokens if they are asked for. */
export function newToken({ row, id, scores, sum: known, end }: Choice, alternatives: number | undefined): NewToken {
  const sum = known ?? logSum(scores);
  const best = alternatives === undefined ? undefined : bestCandidates([scores], alternatives);
  return {
    ...{ row, id, logProbability: scores[id]! - sum },
    ...(best && { alternatives: best.map(({ id, score }) => ({ id, logProbability: score - sum })) }),
    ...(end !== undefined && { end }),
  };
}
