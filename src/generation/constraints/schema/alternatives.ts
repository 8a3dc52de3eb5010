import { isRecord } from "../../../fields";
import { disjoint } from "./disjoint";
import { closings } from "./evaluated";
import { type FactKeywords, type Facts, type Member, type Place, type Resolver, typesOf } from "./facts";
import { expectSchema, type Keywords, type Schema, type WrittenSchema } from "./keywords";
import { negated } from "./negation";
import { References } from "./references";

/** More alternatives than a useful schema has. */
const MOST_ALTERNATIVES = 256;
const MOST_DEPTH = 64;
/** More alternatives than this are not combined with each other. */
const MOST_WATCHED = 6;

/** Where a schema is looked at. */
interface Scope {
  readonly depth: number;
  /** The schemas around it that are met by the same value. */
  readonly within: ReadonlySet<object>;
  /** Whether it counts which alternatives are met besides one, as `unevaluated…` of a schema around it depends on all. */
  readonly isWatched: boolean;
}

/** A document, and the schemas in it. */
export class SchemaDocument implements Resolver {
  readonly where: string;
  readonly isStrict: boolean;
  readonly #root: unknown;
  readonly #references: References;
  /** Up to draft 7, keywords beside `$ref` count for nothing. */
  readonly #isOld: boolean;
  readonly #checked = new WeakSet<object>();
  readonly #negations = new WeakMap<object, Schema>();

  constructor(where: string, root: unknown, isStrict: boolean) {
    this.where = where;
    this.isStrict = isStrict;
    this.#root = root;
    this.#isOld = isRecord(root) && typeof root.$schema === "string" && /\/draft-0[3-7]\b/.test(root.$schema);
    this.#references = new References(root, this.#isOld);
  }

  get root(): Place {
    return this.#checkedPlace(this.#root, "#");
  }

  error(path: string, problem: string): RangeError {
    return new RangeError(`${this.where}: ${path} ${problem}`);
  }

  negationOf(schema: Schema): Schema {
    if (typeof schema === "boolean") return !schema;
    let negation = this.#negations.get(schema);
    if (negation === undefined) {
      negation = { not: schema };
      this.#negations.set(schema, negation);
    }
    return negation;
  }

  /**
   * All ways to meet some schemas at once: references are resolved, and of alternatives one is taken.
   *
   * @throws RangeError for a reference that leads nowhere or back to itself, and for a negation that is not supported
   */
  alternatives(places: readonly Place[], scope: Scope = { depth: 0, within: new Set(), isWatched: false }): Facts[] {
    const path = places[0]?.path ?? "#";
    if (scope.depth > MOST_DEPTH) throw this.error(path, `is nested more than ${MOST_DEPTH} deep`);
    let all: Facts[] = [{ members: [], path }];
    for (const place of places) all = this.#both(all, this.#alternativesOf(place, scope), place.path);
    return all;
  }

  /** All pairs, but for those that no value can meet because they are of different types. */
  #both(some: readonly Facts[], others: readonly Facts[], path: string): Facts[] {
    const pairs = some.flatMap((facts) =>
      others.map((more) => ({ members: [...facts.members, ...more.members], path: facts.path })),
    );
    const possible = pairs.filter((facts) => typesOf(facts).size > 0);
    if (possible.length > MOST_ALTERNATIVES)
      throw this.error(path, `makes more than ${MOST_ALTERNATIVES} combinations of alternatives`);
    return possible;
  }

  #alternativesOf({ schema: given, path }: Place, outer: Scope): Facts[] {
    const { schema } = this.#checkedPlace(given, path);
    if (schema === true) return [{ members: [], path }];
    if (schema === false) return [];
    if (outer.within.has(schema))
      throw this.error(path, "refers back to itself without a property or an item in between; no value can be found");
    const { unevaluatedProperties, unevaluatedItems } = schema;
    const scope: Scope = {
      depth: outer.depth + 1,
      within: new Set([...outer.within, schema]),
      isWatched: outer.isWatched || unevaluatedProperties !== undefined || unevaluatedItems !== undefined,
    };
    const all = this.#parts(schema, path, scope).reduce((some, part) => this.#both(some, part, path), [
      { members: [], path },
    ] as Facts[]);
    return all.map(({ members }) => ({ members: [...members, ...closings(this, schema, path, members)], path }));
  }

  /** What a value must meet of each kind of keyword. */
  #parts(schema: WrittenSchema, path: string, scope: Scope): Facts[][] {
    const inner = (each: Schema, name: string): Facts[] =>
      this.alternatives([{ schema: each, path: `${path}/${name}` }], scope);
    const { $ref, allOf = [], anyOf, oneOf, not } = schema;
    const reference = (): Facts[] => this.alternatives([this.#resolve($ref!, schema, `${path}/$ref`)], scope);
    if ($ref !== undefined && this.#isOld) return [reference()];
    const own = ownKeywords(schema);
    const parts: Facts[][] = [[{ members: Object.keys(own).length > 0 ? [{ schema: own, path }] : [], path }]];
    if ($ref !== undefined) parts.push(reference());
    for (const [i, each] of allOf.entries()) parts.push(inner(each, `allOf/${i}`));
    if (anyOf) {
      const branches = anyOf.map((each, i) => inner(each, `anyOf/${i}`));
      parts.push(scope.isWatched ? this.#someOf(branches, `${path}/anyOf`) : branches.flat());
    }
    if (oneOf) parts.push(this.#oneOf(oneOf, `${path}/oneOf`, scope));
    if (not !== undefined) parts.push(this.#negation({ schema: not, path: `${path}/not` }, scope));
    parts.push(...this.#condition(schema, path, scope), ...this.#dependencies(schema, path, inner));
    return parts;
  }

  /** One of the branches, or several at once: these may evaluate more properties than each of them. */
  #someOf(branches: readonly Facts[][], path: string): Facts[] {
    if (branches.length > MOST_WATCHED)
      throw this.error(path, `has more than ${MOST_WATCHED} schemas beside unevaluatedProperties or unevaluatedItems`);
    let all: Facts[] = [];
    for (const branch of branches) all = [...all, ...branch, ...this.#both(all, branch, path)];
    return all;
  }

  #oneOf(schemas: readonly Schema[], path: string, scope: Scope): Facts[] {
    const places = schemas.map((schema, i) => ({ schema, path: `${path}/${i}` }));
    const branches = places.map((place) => this.alternatives([place], scope));
    const isApart = (i: number, j: number): boolean =>
      branches[i]!.every((facts) => branches[j]!.every((others) => disjoint(this, facts, others)));
    return branches.flatMap((branch, i) =>
      places.reduce((some, other, j) => {
        return i === j || isApart(i, j) ? some : this.#both(some, this.#negation(other, scope), path);
      }, branch),
    );
  }

  /** What values meet that do not meet a schema. */
  #negation({ schema, path }: Place, scope: Scope): Facts[] {
    return this.alternatives([{ schema, path }], scope)
      .map(({ members }) => negated(this, members))
      .map((options) => options.map((option) => derived(option, path)))
      .reduce((some, options) => this.#both(some, options, path), [{ members: [], path }] as Facts[]);
  }

  /** `if`, `then`, `else`: without the latter, `if` says nothing. */
  #condition(schema: WrittenSchema, path: string, scope: Scope): Facts[][] {
    const { if: condition, then = true, else: otherwise = true } = schema;
    if (condition === undefined || (then === true && otherwise === true && !scope.isWatched)) return [];
    const place = { schema: condition, path: `${path}/if` };
    const met = this.alternatives([place, { schema: then, path: `${path}/then` }], scope);
    const unmet = this.alternatives([{ schema: otherwise, path: `${path}/else` }], scope);
    return [[...met, ...this.#both(this.#negation(place, scope), unmet, path)]];
  }

  /** What must be there if a property is: other properties, or a schema that the object meets. */
  #dependencies(schema: WrittenSchema, path: string, inner: (schema: Schema, name: string) => Facts[]): Facts[][] {
    const keywords = ["dependentRequired", "dependentSchemas", "dependencies"] as const;
    return keywords.flatMap((keyword) =>
      Object.entries(schema[keyword] ?? {}).map(([name, needed]) => {
        const at = `${keyword}/${name}`;
        const isList = Array.isArray(needed);
        const there = derived({ type: "object", required: [name, ...(isList ? needed : [])] }, `${path}/${at}`);
        const absent = derived({ properties: { [name]: false } }, `${path}/${at}`);
        return [absent, ...(isList ? [there] : this.#both([there], inner(needed as Schema, at), path))];
      }),
    );
  }

  #checkedPlace(schema: unknown, path: string): Place {
    const isKnown = typeof schema === "object" && schema !== null && this.#checked.has(schema);
    if (!isKnown) expectSchema(this.where, path, schema);
    if (typeof schema === "object" && schema !== null) this.#checked.add(schema);
    return { schema: schema as Place["schema"], path };
  }

  #resolve(reference: string, from: object, path: string): Place {
    const { found, isInDocument } = this.#references.find(reference, from);
    const named = JSON.stringify(reference);
    if (!isInDocument) throw this.error(path, `is ${named}; only references within the schema, "#/…", are supported`);
    if (found === undefined) throw this.error(path, `is ${named}, but the schema has no such place`);
    return this.#checkedPlace(found, reference);
  }
}

const derived = (schema: FactKeywords, path: string): Facts => ({
  members: [{ schema, path, from: "negation" } satisfies Member],
  path,
});

/** The keywords that are not about other schemas for the same value. */
function ownKeywords(schema: WrittenSchema): Keywords {
  const { $ref, allOf, anyOf, oneOf, not, if: _if, then: _then, else: _else, ...more } = schema;
  const { dependentRequired, dependentSchemas, dependencies, unevaluatedProperties, unevaluatedItems, ...own } = more;
  return own;
}
