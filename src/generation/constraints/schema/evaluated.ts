import { type FactKeywords, type Member, prefixOf, type Resolver, restOf } from "./facts";
import type { WrittenSchema } from "./keywords";

/**
 * What `unevaluatedProperties` and `unevaluatedItems` of a schema say about a value that meets some members: the same as
 * `additionalProperties` and `items` beside all that the members name.
 *
 * @see JSON Schema 2020-12 core, section 11
 */
export function closings(
  document: Resolver,
  { unevaluatedProperties, unevaluatedItems }: WrittenSchema,
  path: string,
  members: readonly Member[],
): Member[] {
  const schemas = members.filter(({ from }) => from !== "negation").map(({ schema }) => schema);
  const closing = (schema: FactKeywords, name: string): Member => ({
    schema,
    path: `${path}/${name}`,
    from: "unevaluated",
  });
  const found: Member[] = [];
  const isOpen = schemas.every(({ additionalProperties }) => additionalProperties === undefined);
  if (unevaluatedProperties !== undefined && isOpen) {
    const properties = named(schemas.flatMap((schema) => Object.keys(schema.properties ?? {})));
    const patternProperties = named(schemas.flatMap((schema) => Object.keys(schema.patternProperties ?? {})));
    const all = { properties, patternProperties, additionalProperties: unevaluatedProperties };
    found.push(closing(all, "unevaluatedProperties"));
  }
  if (unevaluatedItems !== undefined && schemas.every((schema) => restOf(schema) === undefined)) {
    if (schemas.some(({ contains }) => contains !== undefined) && unevaluatedItems !== true)
      throw document.error(`${path}/unevaluatedItems`, "is not supported beside contains");
    const length = Math.max(0, ...schemas.map((schema) => prefixOf(schema)[0].length));
    const prefixItems = Array.from({ length }, () => true);
    found.push(closing({ prefixItems, items: unevaluatedItems }, "unevaluatedItems"));
  }
  return found;
}

const named = (names: readonly string[]): Record<string, true> =>
  Object.fromEntries(names.map((name) => [name, true] as const));
