import { componentReader, type Reader } from "../component";
import { readBertProcessor, readRobertaProcessor } from "./bert";
import { readByteLevelProcessor } from "./byte-level";
import type { PostProcessor } from "./post-processor";
import { TemplateProcessor } from "./template";

export type { PostProcessor } from "./post-processor";

function sequence(steps: readonly PostProcessor[]): PostProcessor {
  const tokens = steps.find((step) => step.tokens !== undefined)?.tokens;
  return {
    added: (pair) => steps.reduce((count, step) => count + step.added(pair), 0),
    process: (parts, special) => steps.reduce((current, step) => step.process(current, special), parts),
    ...(tokens === undefined ? {} : { tokens }),
  };
}

/** Reads the `post_processor` of a tokenizer.json. */
export const readPostProcessor = componentReader<PostProcessor>(
  "post-processor",
  new Map<string, Reader<PostProcessor>>([
    ["Sequence", (fields, nested) => sequence(fields.objects("processors").map(nested))],
    ["TemplateProcessing", (fields) => new TemplateProcessor(fields)],
    ["BertProcessing", readBertProcessor],
    ["RobertaProcessing", readRobertaProcessor],
    ["ByteLevel", readByteLevelProcessor],
  ]),
);
