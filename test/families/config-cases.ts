import { readdirSync, readFileSync } from "node:fs";
import { readSafetensors } from "../../src/checkpoint";
import type { ConfigObject, Family, Model } from "../../src/families";
import { fieldsOf } from "../../src/families/config-fields";
import { linksOf } from "../../src/families/name-map";
import { modelsBelow } from "./checks";
import { families, fixtures } from "./fixture";

/** What transformers' config class of a family knows: written by the scripts in test/reference/families. */
export interface KnownFields {
  /** Every field with its default; null for what follows from other fields. */
  readonly fields: ConfigObject;
  /** Other spellings of fields. */
  readonly aliases: Readonly<Record<string, string>>;
}

const folder = new URL("../fixtures/families/", import.meta.url);
const jsonOf = (file: URL) => JSON.parse(readFileSync(file, "utf8"));

export const known: ReadonlyMap<string, KnownFields> = new Map(
  readdirSync(new URL("fields/", folder)).map((file) => [
    file.replace(/\.json$/, ""),
    jsonOf(new URL(`fields/${file}`, folder)),
  ]),
);

/** A config of a fixture, and its tensors. */
export interface Base {
  readonly config: ConfigObject;
  readonly names: ReadonlySet<string>;
  readonly shapes: ReadonlyMap<string, readonly number[]>;
}

/** One base for each class that a family's fixtures have. */
export const bases: ReadonlyMap<string, readonly Base[]> = (() => {
  const found = new Map<string, Map<string, Base>>();
  for (const directory of [...modelsBelow(folder), ...modelsBelow(fixtures)]) {
    const config: ConfigObject = jsonOf(new URL("config.json", directory));
    const type = String(config.model_type);
    const ofType = found.get(type) ?? new Map<string, Base>();
    found.set(type, ofType);
    const { tensors } = readSafetensors(readFileSync(new URL("model.safetensors", directory)));
    const name = JSON.stringify(config.architectures);
    if (!ofType.has(name))
      ofType.set(name, {
        config,
        names: new Set(tensors.keys()),
        shapes: new Map([...tensors].map(([tensor, { shape }]) => [tensor, shape])),
      });
  }
  return new Map([...found].map(([type, ofType]) => [type, [...ofType.values()]]));
})();

/** The same with one layer, where the family has such models: it costs a third. */
export function shortened(type: string, base: Base): Base {
  const family = familyOf(type);
  const counts = Object.keys(family.layers);
  const lengths = counts.map((name) => base.config[name]);
  const fields = Object.entries(base.config).map(([name, value]) => {
    if (counts.includes(name)) return [name, 1];
    return [name, Array.isArray(value) && lengths.includes(value.length) ? value.slice(0, 1) : value];
  });
  const config: ConfigObject = Object.fromEntries(fields);
  try {
    const model = modelOf(type, config, base);
    const links = linksOf(
      family.names(model, (name) => base.names.has(name)),
      model,
    );
    const shapes = new Map(links.map(({ theirs, shape }) => [theirs, shape]));
    return { config, names: new Set(shapes.keys()), shapes };
  } catch {
    return base;
  }
}

export const familyOf = (type: string): Family => families.find(({ modelTypes }) => modelTypes.includes(type))!;

/** The model that a config describes, declared but not allocated. */
export function modelOf(type: string, config: ConfigObject, { names }: Pick<Base, "names">): Model {
  const family = familyOf(type);
  return family.toModel(fieldsOf(family, config, { file: "config.json" }), (theirs) => names.has(theirs));
}
