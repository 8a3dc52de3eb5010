import { isRecord } from "../../../fields";
import {
  canonical,
  containedIn,
  type Facts,
  itemPlaces,
  listedBy,
  namePlaces,
  type Place,
  propertyPlaces,
  type Resolver,
  strictest,
  typesOf,
} from "./facts";
import { boundsOf } from "./numbers";
import { isMatch } from "./pattern-test";
import { patternsOf } from "./strings";

/** Whether a value meets all facts, as a validator would say. */
export function meets(document: Resolver, facts: Facts, value: unknown): boolean {
  const listed = listedBy(facts);
  if (listed !== undefined && !listed.some((one) => canonical(one) === canonical(value))) return false;
  if (!hasType(typesOf(facts), value)) return false;
  if (typeof value === "number") return isWithin(facts, value);
  if (typeof value === "string") return isText(document, facts, value);
  if (Array.isArray(value)) return isList(document, facts, value);
  return !isRecord(value) || isObject(document, facts, value);
}

const meetsOne = (document: Resolver, places: readonly Place[], value: unknown): boolean =>
  document.alternatives(places).some((facts) => meets(document, facts, value));

function hasType(types: ReadonlySet<string>, value: unknown): boolean {
  if (value === null) return types.has("null");
  if (typeof value === "number") return types.has("number") || (types.has("integer") && Number.isInteger(value));
  return types.has(Array.isArray(value) ? "array" : typeof value);
}

const hasSize = (facts: Facts, what: "Length" | "Items" | "Properties", size: number): boolean =>
  size >= strictest(facts, `min${what}`) && size <= strictest(facts, `max${what}`);

function isWithin(facts: Facts, value: number): boolean {
  const { least, most, excludesLeast, excludesMost, multiples, excludedMultiples } = boundsOf(facts);
  const isIn = (excludesLeast ? value > least : value >= least) && (excludesMost ? value < most : value <= most);
  const isMultiple = (step: number) => Number.isInteger(value / step);
  return isIn && multiples.every(isMultiple) && !excludedMultiples.some(isMultiple);
}

function isText(document: Resolver, facts: Facts, value: string): boolean {
  const { wanted, excluded, texts } = patternsOf(document, facts);
  return (
    hasSize(facts, "Length", Array.from(value).length) &&
    wanted.every(({ source }) => isMatch(source, value)) &&
    !excluded.some(({ source }) => isMatch(source, value)) &&
    !texts.includes(value)
  );
}

function isList(document: Resolver, facts: Facts, value: readonly unknown[]): boolean {
  const isCounted = containedIn(facts).every(({ place, least, most }) => {
    const count = value.filter((item) => meetsOne(document, [place], item)).length;
    return count >= least && count <= most;
  });
  const isMet = (item: unknown, i: number) => meetsOne(document, itemPlaces(facts, i), item);
  return hasSize(facts, "Items", value.length) && isCounted && value.every(isMet);
}

function isObject(document: Resolver, facts: Facts, value: Readonly<Record<string, unknown>>): boolean {
  const names = Object.keys(value);
  const required = facts.members.flatMap(({ schema }) => schema.required ?? []);
  return (
    hasSize(facts, "Properties", names.length) &&
    required.every((name) => Object.hasOwn(value, name)) &&
    names.every(
      (name) =>
        meetsOne(document, namePlaces(facts), name) && meetsOne(document, propertyPlaces(facts, name), value[name]),
    )
  );
}
