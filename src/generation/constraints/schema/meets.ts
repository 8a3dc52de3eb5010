import { isRecord } from "../../../fields";
import {
  canonical,
  type Facts,
  itemPlaces,
  listedBy,
  propertyPlaces,
  type Resolver,
  strictest,
  typesOf,
} from "./facts";
import { boundsOf } from "./numbers";
import { patternsOf } from "./strings";

/** Whether a value meets all facts, as a validator would say. */
export function meets(document: Resolver, facts: Facts, value: unknown): boolean {
  const listed = listedBy(facts);
  if (listed !== undefined && !listed.has(canonical(value))) return false;
  const isUntyped = facts.members.every(({ schema }) => schema.type === undefined);
  if (!isUntyped && !hasType(typesOf(facts), value)) return false;
  const meetsOne = (places: ReturnType<typeof itemPlaces>, inner: unknown): boolean =>
    document.alternatives(places).some((one) => meets(document, one, inner));
  if (typeof value === "number") return isWithin(facts, value);
  if (typeof value === "string") return isText(document, facts, value);
  if (Array.isArray(value))
    return hasSize(facts, "Items", value.length) && value.every((item, i) => meetsOne(itemPlaces(facts, i), item));
  if (!isRecord(value)) return true;
  const names = Object.keys(value);
  const required = facts.members.flatMap(({ schema }) => schema.required ?? []);
  return (
    hasSize(facts, "Properties", names.length) &&
    required.every((name) => Object.hasOwn(value, name)) &&
    names.every((name) => meetsOne(propertyPlaces(facts, name), value[name]) && isEvaluated(facts, name))
  );
}

function hasType(types: ReadonlySet<string>, value: unknown): boolean {
  if (value === null) return types.has("null");
  if (typeof value === "number") return types.has("number") || (types.has("integer") && Number.isInteger(value));
  return types.has(Array.isArray(value) ? "array" : typeof value);
}

const hasSize = (facts: Facts, what: "Length" | "Items" | "Properties", size: number): boolean =>
  size >= strictest(facts, `min${what}`) && size <= strictest(facts, `max${what}`);

function isWithin(facts: Facts, value: number): boolean {
  const { least, most, excludesLeast, excludesMost, multiples } = boundsOf(facts);
  const isIn = (excludesLeast ? value > least : value >= least) && (excludesMost ? value < most : value <= most);
  return isIn && multiples.every((step) => Number.isInteger(value / step));
}

function isText(document: Resolver, facts: Facts, value: string): boolean {
  const patterns = patternsOf(document, facts).map(({ source }) => new RegExp(source, "u"));
  return hasSize(facts, "Length", Array.from(value).length) && patterns.every((pattern) => pattern.test(value));
}

/** With `unevaluatedProperties: false`, only properties that are named. */
const isEvaluated = ({ members }: Facts, name: string): boolean =>
  members.every(({ schema }) => schema.unevaluatedProperties === undefined) ||
  members.some(({ schema }) => Object.hasOwn(schema.properties ?? {}, name));
