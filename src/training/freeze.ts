import type { Module } from "../blocks";
import { fitsPath } from "../blocks/internal";
import { arrayOf, expectString } from "../checks";
import { nearest } from "../nearest";
import type { Parameter } from "../tensor";

export const checkPatterns = arrayOf(expectString, "an array of path patterns");

/** The parameters that match no pattern. */
export function unfrozen(parameters: Map<string, Parameter>, patterns: readonly string[]): Map<string, Parameter> {
  if (patterns.length === 0) return parameters;
  return new Map([...parameters].filter(([path]) => !patterns.some((pattern) => fitsPath(pattern, path))));
}

/** @throws RangeError if a pattern matches no parameter, or no parameter is left */
export function expectUseful(where: string, model: Module, patterns: readonly string[]): void {
  const parameters = model.parameters();
  const paths = [...parameters.keys()];
  if (paths.length === 0)
    throw new RangeError(`${where}: the model has no parameters; keep its modules and parameters in public fields`);
  for (const pattern of patterns) {
    if (paths.some((path) => fitsPath(pattern, path))) continue;
    const below = `${pattern}.**`;
    const hint = paths.some((path) => fitsPath(below, path))
      ? `"${below}" freezes all parameters in it`
      : `the closest are ${nearest(pattern, paths).join(", ")}`;
    throw new RangeError(`${where}: freeze: no parameter matches "${pattern}"; ${hint}`);
  }
  if (unfrozen(parameters, patterns).size === 0) throw new RangeError(`${where}: freeze leaves no parameter to train`);
}
