import { disjoint } from "./disjoint";
import type { Facts, Place, Resolver } from "./facts";
import { expectSchema, type Keywords } from "./keywords";

/** More alternatives than a useful schema has. */
const MOST_ALTERNATIVES = 256;
const MOST_DEPTH = 64;

/** A document, and the schemas in it. */
export class SchemaDocument implements Resolver {
  readonly where: string;
  readonly #root: unknown;
  readonly #checked = new WeakSet<object>();

  constructor(where: string, root: unknown) {
    this.where = where;
    this.#root = root;
  }

  get root(): Place {
    return this.#checkedPlace(this.#root, "#");
  }

  error(path: string, problem: string): RangeError {
    return new RangeError(`${this.where}: ${path} ${problem}`);
  }

  /**
   * All ways to meet some schemas at once: references are resolved, and of alternatives one is taken.
   *
   * @throws RangeError for a reference that leads nowhere or back to itself, and for `oneOf` whose schemas overlap
   */
  alternatives(places: readonly Place[], depth = 0, within: ReadonlySet<object> = new Set()): Facts[] {
    const path = places[0]?.path ?? "#";
    if (depth > MOST_DEPTH) throw this.error(path, `is nested more than ${MOST_DEPTH} deep`);
    let all: Facts[] = [{ members: [], path }];
    for (const place of places) {
      const these = this.#alternativesOf(place, depth, within);
      all = all.flatMap((facts) => these.map((more) => ({ members: [...facts.members, ...more.members], path })));
      if (all.length > MOST_ALTERNATIVES)
        throw this.error(place.path, `makes more than ${MOST_ALTERNATIVES} combinations of alternatives`);
    }
    return all;
  }

  #alternativesOf({ schema: given, path }: Place, depth: number, within: ReadonlySet<object>): Facts[] {
    const { schema } = this.#checkedPlace(given, path);
    if (schema === true) return [{ members: [], path }];
    if (schema === false) return [];
    if (within.has(schema))
      throw this.error(path, "refers back to itself without a property or an item in between; no value can be found");
    const inside = new Set([...within, schema]);
    const { $ref, allOf = [], anyOf, oneOf, ...own } = schema;
    const inner = (places: readonly Place[]): Facts[] => this.alternatives(places, depth + 1, inside);
    const parts: Facts[][] = [[{ members: hasKeywords(own) ? [{ schema: own, path }] : [], path }]];
    if ($ref !== undefined) parts.push(inner([this.#resolve($ref, `${path}/$ref`)]));
    if (allOf.length > 0) parts.push(inner(allOf.map((each, i) => ({ schema: each, path: `${path}/allOf/${i}` }))));
    if (anyOf) parts.push(anyOf.flatMap((each, i) => inner([{ schema: each, path: `${path}/anyOf/${i}` }])));
    if (oneOf) {
      const each = oneOf.map((one, i) => inner([{ schema: one, path: `${path}/oneOf/${i}` }]));
      this.#expectDisjoint(each, `${path}/oneOf`);
      parts.push(each.flat());
    }
    return parts.reduce((all, these) =>
      all.flatMap((facts) => these.map((more) => ({ members: [...facts.members, ...more.members], path }))),
    );
  }

  #expectDisjoint(branches: readonly Facts[][], path: string): void {
    branches.forEach((these, i) => {
      for (let j = 0; j < i; j++)
        for (const facts of these)
          for (const others of branches[j]!)
            if (!disjoint(this, facts, others))
              throw this.error(
                path,
                `is not supported where a value may meet two of its schemas, here ${j} and ${i}; use anyOf, or give each another type or another const of a required property`,
              );
    });
  }

  #checkedPlace(schema: unknown, path: string): Place {
    const isKnown = typeof schema === "object" && schema !== null && this.#checked.has(schema);
    if (!isKnown) expectSchema(this.where, path, schema);
    if (typeof schema === "object" && schema !== null) this.#checked.add(schema);
    return { schema: schema as Place["schema"], path };
  }

  /** @see RFC 6901 */
  #resolve(pointer: string, path: string): Place {
    if (pointer !== "#" && !pointer.startsWith("#/"))
      throw this.error(path, `is ${JSON.stringify(pointer)}; only references within the schema, "#/…", are supported`);
    let at: unknown = this.#root;
    for (const part of pointer.split("/").slice(1)) {
      const name = unescaped(part);
      if (typeof at !== "object" || at === null || !Object.hasOwn(at, name))
        throw this.error(path, `is ${JSON.stringify(pointer)}, but the schema has no such place`);
      at = Reflect.get(at, name);
    }
    return this.#checkedPlace(at, pointer);
  }
}

/** A name from a JSON pointer in a URL. */
function unescaped(part: string): string {
  let name = part;
  try {
    name = decodeURIComponent(part);
  } catch {
    // Not percent-encoded.
  }
  return name.replaceAll("~1", "/").replaceAll("~0", "~");
}

const hasKeywords = (schema: Keywords): boolean => Object.keys(schema).length > 0;
