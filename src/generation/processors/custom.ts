import { wrongResult } from "../../checks";
import { ShapeError } from "../../tensor";
import type { Processor } from "../processor";

/**
 * A processor of the caller's: it gets a copy of the scores and tokens, and what it returns is checked and copied.
 * Whatever it does with its arguments or with an array that it returns again, no other step, row or beam changes.
 *
 * @throws TypeError, ShapeError or RangeError that names the processor by its place, while generating
 */
export function custom(where: string, processor: Processor, place: number): Processor {
  const name = `processors[${place}]`;
  return (scores, context) => {
    const { ids, source } = context;
    const found: unknown = processor(scores.slice(), { ...context, ids: [...ids], source: [...source] });
    if (!(found instanceof Float32Array)) {
      const hint = "a processor is (scores, { ids }) => scores";
      throw new TypeError(`${wrongResult(where, `the result of ${name}`, "a Float32Array", found).message}; ${hint}`);
    }
    if (found.length !== scores.length)
      throw new ShapeError(
        `${where}: ${name} returned ${found.length} scores; it must return one for each of the ${scores.length} tokens`,
      );
    const wrong = found.findIndex((score) => !(score < Number.POSITIVE_INFINITY));
    if (wrong >= 0)
      throw new RangeError(
        `${where}: ${name} returned ${found[wrong]} for token ${wrong}; a score must be finite, or -Infinity to exclude the token`,
      );
    if (found.every((score) => score === Number.NEGATIVE_INFINITY))
      throw new RangeError(`${where}: ${name} excluded every token; leave at least one`);
    return found.slice();
  };
}
