import type { Processor, ScoreContext } from "../../src/generation";
import { fileOptions } from "../../src/generation/file-options";
import { rulesOf } from "../../src/generation/pipeline";
import { keepGenerationSettings } from "../../src/models/internal";

/** Fields of a generation_config.json, a row and its scores, and what transformers makes of them; null is −∞. */
export interface ProcessorCase {
  fields: Record<string, unknown>;
  ids: number[];
  step: number;
  /** The source of an encoder-decoder; the prompt of a decoder. */
  source: number[];
  maxLength: number;
  scores: (number | null)[];
  after: (number | null)[];
}

/** The processors that a model with these fields in its files runs. */
export function processorsOfFields({ num_beams: beams, ...fields }: Record<string, unknown>): readonly Processor[] {
  const model = {};
  keepGenerationSettings(model, { fields, file: "generation_config.json" });
  const file = fileOptions("generate", model);
  const ends = new Set([fields.eos_token_id ?? []].flat() as number[]);
  const sampling = file.samples ? { temperature: 1, ...file.sampling() } : {};
  const options = { ...file.options, ...sampling, beams: beams as number | undefined };
  return rulesOf("generate", options, ends, file.minLength ?? 0);
}

export const infinite = (score: number | null): number => score ?? Number.NEGATIVE_INFINITY;

/** What our processors make of a case. */
export function scoresOf({ fields, ids, step, source, maxLength, scores }: ProcessorCase): Float32Array {
  const context: ScoreContext = {
    ...{ ids, source, step, limit: maxLength - ids.length + step, last: maxLength - ids.length === 1 },
    ...{ random: undefined, memory: new Map() },
  };
  const given = Float32Array.from(scores, infinite);
  return processorsOfFields(fields).reduce<Float32Array>((result, process) => process(result, context), given);
}
