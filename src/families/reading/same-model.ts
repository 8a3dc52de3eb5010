import { Module } from "../../blocks";
import { describe } from "../../checks";
import { classOf } from "../../describe";
import { Parameter } from "../../tensor";
import { sameShape } from "../../tensor/internal";

/** A difference between two models. */
export interface Difference {
  /** `blocks.0.attention.window` */
  path: string;
  /** What the models have there, in words. */
  here: string;
  there: string;
  /** Whether the difference is the class of a module. */
  ofClass: boolean;
}

/**
 * The first difference between two models: a class, a setting, a parameter's shape, or which parameters are shared.
 * All fields of their modules are compared, so that no setting can be missed: a block keeps its settings in public
 * fields, or in private ones derived from them. Values and initial distributions of parameters are not compared.
 */
export function differenceOf(here: Module, there: Module): Difference | undefined {
  const partner = new Map<object, object>();
  const taken = new Set<object>();
  const differ = (path: string, a: unknown, b: unknown, ofClass = false): Difference => ({
    path,
    here: ofClass ? className(a) : show(a),
    there: ofClass ? className(b) : show(b),
    ofClass,
  });

  function compare(a: unknown, b: unknown, path: string): Difference | undefined {
    if (typeof a !== "object" || typeof b !== "object" || a === null || b === null)
      return Object.is(a, b) ? undefined : differ(path, a, b);
    if (partner.get(a) === b) return undefined;
    // What modules share in one model, they must share in the other; settings only need equal content.
    if ((partner.has(a) || taken.has(b)) && (a instanceof Module || a instanceof Parameter))
      return { path, ...sharedBy(a, partner.has(a)), ofClass: false };
    partner.set(a, b);
    taken.add(b);
    if (Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return differ(path, a, b, a instanceof Module);
    if (a instanceof Parameter && b instanceof Parameter)
      return sameShape(a.shape, b.shape) ? undefined : differ(path, a, b);
    const [fields, others] = [fieldsOf(a), fieldsOf(b)];
    for (const name of new Set([...fields.keys(), ...others.keys()])) {
      const at = path === "" ? String(name) : `${path}.${String(name)}`;
      const found = compare(fields.get(name), others.get(name), at);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  return compare(here, there, "");
}

/** Words for a part that several places of one model share, and none or others of the other model. */
function sharedBy(part: Module | Parameter, isHere: boolean): Pick<Difference, "here" | "there"> {
  const [shared, own] = ["that other parts share", "of its own"];
  const [here, there] = isHere ? [shared, own] : [own, shared];
  return { here: `${part instanceof Module ? describe(part) : "a Parameter"} ${here}`, there: `one ${there}` };
}

/** An object's fields by name. */
function fieldsOf(value: object): ReadonlyMap<PropertyKey, unknown> {
  if (value instanceof Map) return value;
  if (value instanceof Set) return new Map([...value].map((one, i) => [i, one]));
  return new Map(Reflect.ownKeys(value).map((name) => [name, Reflect.get(value, name)]));
}

const className = (value: unknown): string =>
  typeof value === "object" && value !== null ? classOf(value) : show(value);

const show = (value: unknown): string =>
  value instanceof Parameter ? `[${value.shape.join(", ")}]` : value === undefined ? "none" : describe(value);
