import type { Expression } from "./automaton/expression";
import { Grammar } from "./grammar-of";
import type { Recipe } from "./recipe";

/** The grammars that are kept. */
const MOST_KNOWN = 32;

/** By what they were made of; in the order of use. */
const known = /* @__PURE__ */ new Map<string, Grammar>();

/** The grammar of a source, compiled once as long as it is among those used last. */
export function grammarFor(
  recipe: Recipe,
  key: string,
  source: unknown,
  make: () => { root: Expression; whyEmpty: () => string },
): Grammar {
  const name = `${recipe.make} ${key}`;
  let grammar = known.get(name);
  known.delete(name);
  if (grammar === undefined) {
    const { root, whyEmpty } = make();
    grammar = new Grammar(recipe, source, root, whyEmpty);
  }
  known.set(name, grammar);
  if (known.size > MOST_KNOWN) known.delete(known.keys().next().value!);
  return grammar;
}
