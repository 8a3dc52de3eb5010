import { type Facts, listedBy, propertyPlaces, type Resolver, strictest, typesOf } from "./facts";
import { meets } from "./meets";
import { boundsOf } from "./numbers";

/** How deep properties are looked into. */
const MOST_DEPTH = 3;

/** Whether it is certain that no value meets both. */
export function disjoint(document: Resolver, a: Facts, b: Facts, depth = 0): boolean {
  for (const [one, other] of [
    [a, b],
    [b, a],
  ] as const) {
    const listed = listedBy(one);
    if (listed !== undefined)
      return [...listed.values()].every((value) => !meets(document, one, value) || !meets(document, other, value));
  }
  const others = typesOf(b);
  const isNumber = (type: string) => type === "number" || type === "integer";
  const shared = [...typesOf(a)].filter((type) => others.has(type) || (isNumber(type) && [...others].some(isNumber)));
  return shared.every((type) => {
    if (isNumber(type)) return apart(boundsOf(a), boundsOf(b));
    if (type === "string") return apartIn(a, b, "Length");
    if (type === "array") return apartIn(a, b, "Items");
    return type === "object" && (apartIn(a, b, "Properties") || objectsApart(document, a, b, depth));
  });
}

const apartIn = (a: Facts, b: Facts, what: "Length" | "Items" | "Properties"): boolean =>
  strictest(a, `max${what}`) < strictest(b, `min${what}`) || strictest(b, `max${what}`) < strictest(a, `min${what}`);

type Bounds = ReturnType<typeof boundsOf>;

const apart = (a: Bounds, b: Bounds): boolean => isBelow(a, b) || isBelow(b, a);

const isBelow = (a: Bounds, b: Bounds): boolean =>
  a.most < b.least || (a.most === b.least && (a.excludesMost || b.excludesLeast));

/** Whether a property that one of them requires cannot be there, or not with a value for both. */
function objectsApart(document: Resolver, a: Facts, b: Facts, depth: number): boolean {
  if (depth >= MOST_DEPTH) return false;
  const required = new Set([a, b].flatMap(({ members }) => members.flatMap(({ schema }) => schema.required ?? [])));
  return [...required].some((name) => {
    const [ours, theirs] = [a, b].map((facts) => document.alternatives(propertyPlaces(facts, name)));
    return ours!.every((one) => theirs!.every((other) => disjoint(document, one, other, depth + 1)));
  });
}
