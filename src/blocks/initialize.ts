import { type Check, checkOptions, wholeIn, wrongKind } from "../checks";
import { learnSynonyms } from "../synonyms";
import { type Parameter, random } from "../tensor";
import { commitAll } from "../tensor/internal";
import { expectModule, type Module } from "./module";

learnSynonyms(["seed randomSeed randomState manualSeed rngSeed"]);

/** Asks for what `random` takes. */
export const seed: Check = wholeIn({ least: 0 });

/**
 * Gives every parameter its first values, each from (seed, path) alone: the order of construction does not matter.
 *
 * @returns the same module
 * @throws TypeError or ShapeError if a parameter's own `initial` gives something else than its values; nothing is changed
 */
export function initialize<M extends Module>(module: M, options: { seed: number }): M {
  expectModule("initialize", "module", module);
  checkOptions("initialize", options, { seed }, ["seed"]);
  const source = random(options.seed);
  const prepare = ([path, parameter]: [path: string, parameter: Parameter]) => {
    const values = parameter.initial(source.stream(path), parameter.shape);
    if (!(values instanceof Float32Array))
      throw wrongKind("initialize", `the initial values of ${path}`, "a Float32Array", values);
    return parameter.prepare(values);
  };
  commitAll([...module.parameters()].map((entry) => () => prepare(entry)));
  return module;
}

/** How many numbers a module learns. Counts declarations: nothing needs values. */
export function countParameters(module: Module): number {
  expectModule("countParameters", "module", module);
  let count = 0;
  for (const parameter of module.parameters().values()) count += parameter.size;
  return count;
}
