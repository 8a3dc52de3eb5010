import { wrongKind } from "../../checks";
import type { Processor, ScoreContext } from "../processor";

const isWhole = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0;

/** What the fields of a context must be. */
const fields: { readonly [Name in keyof ScoreContext]: readonly [wanted: string, is: (value: unknown) => boolean] } = {
  ids: ["an array of token ids", Array.isArray],
  source: ["an array of token ids", Array.isArray],
  step: ["a whole number of 0 or more", isWhole],
  limit: ["a whole number of 0 or more", isWhole],
  last: ["true or false", (value) => typeof value === "boolean"],
  // Processors that draw say themselves what to do without.
  random: ["random numbers", (value) => value === undefined || typeof value === "object"],
  memory: ["a Map", (value) => value instanceof Map],
};

/**
 * A processor for all callers: it checks the scores, and the fields of the context that it reads. It gets no others, so
 * that none can be read unchecked.
 */
export function processorOf<Name extends keyof ScoreContext>(
  where: string,
  reads: readonly Name[],
  process: (scores: Float32Array, context: Pick<ScoreContext, Name>) => Float32Array,
): Processor {
  return (scores, context) => {
    if (!(scores instanceof Float32Array)) throw wrongKind(where, "scores", "a Float32Array", scores);
    for (const name of reads) expectField(where, context, name);
    return process(scores, context);
  };
}

/** @throws TypeError that names the field */
function expectField(where: string, context: unknown, name: keyof ScoreContext): void {
  if (typeof context !== "object" || context === null)
    throw wrongKind(where, "context", `an object, { ${name} … }`, context);
  const [wanted, is] = fields[name];
  const value: unknown = Reflect.get(context, name);
  if (!is(value)) throw wrongKind(where, `context.${name}`, wanted, value);
}
