import { readdirSync, readFileSync } from "node:fs";
import { readSafetensors } from "../../src/checkpoint";
import type { ConfigObject, Family, Model } from "../../src/families";
import { fieldsOf } from "../../src/families/config-fields";
import { linksOf } from "../../src/families/name-map";
import { spelled } from "../../src/families/reading/stored-names";
import { modelsBelow } from "./checks";
import { families, fixtures } from "./fixture";

/** What transformers' config class of a family knows: written by the scripts in test/reference/families. */
export interface KnownFields {
  /** Every field with its default; null for what follows from other fields. */
  readonly fields: ConfigObject;
  /** Other spellings of fields. */
  readonly aliases: Readonly<Record<string, string>>;
}

const read = () => Promise.reject(new Error("only names and shapes are needed"));

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
  readonly names: Pick<ReadonlySet<string>, "has">;
  readonly shapes: ReadonlyMap<string, readonly number[]>;
}

/** The configs of all fixtures, by model type. */
export const everyBase: ReadonlyMap<string, readonly Base[]> = (() => {
  const found = new Map<string, Base[]>();
  for (const directory of [...modelsBelow(folder), ...modelsBelow(fixtures)]) {
    const config: ConfigObject = jsonOf(new URL("config.json", directory));
    const type = String(config.model_type);
    const family = familyOf(type);
    if (family === undefined) continue;
    const { tensors } = readSafetensors(readFileSync(new URL("model.safetensors", directory)));
    const shapes = new Map([...tensors].map(([tensor, { shape }]) => [tensor, shape]));
    const declared = new Map([...tensors].map(([name, { dtype, shape }]) => [name, { dtype, shape, read }]));
    const names = new Set(spelled(declared, family.spelling, "fixture").keys());
    found.set(type, [...(found.get(type) ?? []), { config, names, shapes }]);
  }
  return found;
})();

/** One base for each class that a family's fixtures have. */
export const bases: ReadonlyMap<string, readonly Base[]> = new Map(
  [...everyBase].map(([type, all]) => {
    const byClass = new Map(all.map((base) => [JSON.stringify(base.config.architectures), base]));
    return [type, [...byClass.values()]];
  }),
);

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

export function familyOf(type: string): Family {
  return families.find(({ modelTypes }) => modelTypes.includes(type))!;
}

/** The model that a config describes, declared but not allocated. */
export function modelOf(type: string, config: ConfigObject, { names }: Pick<Base, "names">): Model {
  const family = familyOf(type);
  return family.toModel(fieldsOf(family, config, { file: "config.json" }), (theirs) => names.has(theirs));
}
