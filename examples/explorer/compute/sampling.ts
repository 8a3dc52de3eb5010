import { type DecoderModel, random } from "transformer-blocks";
import { lastRow } from "./attention";
import { type Candidate, candidates, drawn, type Shaping } from "./distribution";

/** A step of sampling: where the random number fell among the candidates. */
export interface Step {
  all: Candidate[];
  chosen: Candidate;
  /** Between 0 and 1. */
  point: number;
}

/** Samples the next token. The same seed and number of the step give the same point. */
export function sample(
  model: DecoderModel,
  ids: number[],
  shaping: Shaping,
  draw: { seed: number; step: number },
): Step {
  const all = candidates(lastRow(model.forward([ids])), shaping);
  const point = random(draw.seed).stream(`step ${draw.step}`).next();
  return { all, point, chosen: drawn(all, point) };
}
