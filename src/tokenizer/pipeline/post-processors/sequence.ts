import type { PostProcessor } from "./post-processor";

/** Applies post-processors in order. */
export function postProcessorSequence(steps: readonly PostProcessor[]): PostProcessor {
  const tokens = steps.find((step) => step.tokens !== undefined)?.tokens;
  return {
    added: (pair) => steps.reduce((count, step) => count + step.added(pair), 0),
    process: (parts, special) => steps.reduce((current, step) => step.process(current, special), parts),
    ...(tokens === undefined ? {} : { tokens }),
  };
}
