import type { Environment } from "@huggingface/jinja";
import type { Name, Tuple } from "./nodes";
import { sourceOf } from "./nodes";
import { callable, dictOf, elementsOf, type Value, valueFor } from "./values";

/** Sets the variable of a loop, or those of a tuple. */
export function withItem(scope: Environment, loopvar: Name | Tuple, item: Value): Environment {
  if (!Array.isArray(loopvar.value)) {
    scope.setVariable(String(loopvar.value), item);
    return scope;
  }
  const items = elementsOf(item);
  const names = loopvar.value;
  if (items.length !== names.length)
    throw new Error(`a loop over ${names.map(sourceOf).join(", ")} found ${items.length} values`);
  for (const [i, name] of names.entries()) scope.setVariable(String(name.value), items[i]!);
  return scope;
}

/** The variable `loop`. */
export function loopOf(items: readonly Value[], index: number): Value {
  const facts = { index: index + 1, index0: index, first: index === 0, last: index === items.length - 1 };
  const lengths = { length: items.length, revindex: items.length - index, revindex0: items.length - index - 1 };
  const loop = Object.entries({ ...facts, ...lengths }).map(([name, value]) => [name, valueFor(value)] as const);
  const previtem = items[index - 1] ?? valueFor(undefined);
  const nextitem = items[index + 1] ?? valueFor(undefined);
  const cycle = callable((given) => given[index % given.length] ?? valueFor(undefined));
  return dictOf([...loop, ["previtem", previtem], ["nextitem", nextitem], ["cycle", cycle]]);
}
