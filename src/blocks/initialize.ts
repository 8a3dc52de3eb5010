import { type Check, checkOptions, wholeIn, wrongKind } from "../checks";
import { type Parameter, random } from "../tensor";
import { commitAll } from "../tensor/internal";
import { expectModule, type Module } from "./module";

/** Checks a seed for `random`. */
export const seed: Check = wholeIn({ least: 0 });

/**
 * Gives every parameter its initial values, which depend only on (seed, path), not on the order of construction.
 *
 * @returns the same module
 * @throws TypeError or ShapeError, with nothing changed, if a parameter's own `initial` does not return its values
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

/** The number of parameters of a module. They need no values. */
export function countParameters(module: Module): number {
  expectModule("countParameters", "module", module);
  let count = 0;
  for (const parameter of module.parameters().values()) count += parameter.size;
  return count;
}
