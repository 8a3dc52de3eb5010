import { Module, PositionalEncoding } from "../../blocks";
import { describe } from "../../checks";
import { isRecord } from "../../fields";
import { DecoderModel, EncoderDecoderModel, EncoderModel } from "../../models";
import { Parameter } from "../../tensor";
import { sameShape } from "../../tensor/internal";
import { settingsOf } from "../settings";

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
    // Modules that share an object here must share it there; settings only need equal content.
    if (partner.has(a) && (a instanceof Module || a instanceof Parameter)) return differ(path, a, b);
    partner.set(a, b);
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

/** An object's fields by name. A config has its defaults filled in, so that omitted fields compare equal. */
function fieldsOf(value: object): Map<PropertyKey, unknown> {
  if (value instanceof Map) return value;
  if (value instanceof Set) return new Map([...value].map((one, i) => [i, one]));
  const fields = new Map<PropertyKey, unknown>(Reflect.ownKeys(value).map((name) => [name, Reflect.get(value, name)]));
  const config = wholeConfig(value);
  if (config !== undefined) fields.set("config", config);
  return fields;
}

function wholeConfig(value: object): object | undefined {
  if (value instanceof PositionalEncoding) return wholePosition(value.config);
  if (!(value instanceof DecoderModel || value instanceof EncoderModel || value instanceof EncoderDecoderModel))
    return undefined;
  const settings = settingsOf(value.config);
  const { head, dropout } = settings;
  if (!isRecord(head)) return settings;
  return { ...settings, head: { ...head, dropout: "labels" in head ? (head.dropout ?? dropout) : undefined } };
}

function wholePosition(config: PositionalEncoding["config"]): object {
  const common = { ...given(config), initial: undefined };
  if (config.kind === "learned") return common;
  if (config.kind === "sinusoidal") return { ...common, layout: config.layout ?? "interleaved" };
  const { headDim, base = 10_000, dimensions = headDim, interleaved = false } = config;
  return { ...common, base, dimensions, interleaved };
}

const given = (config: object): object =>
  Object.fromEntries(Object.entries(config).filter(([, value]) => value !== undefined));

const className = (value: unknown): string =>
  typeof value === "object" && value !== null ? value.constructor.name : show(value);

const show = (value: unknown): string =>
  value instanceof Parameter ? `[${value.shape.join(", ")}]` : value === undefined ? "none" : describe(value);
