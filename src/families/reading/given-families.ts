import {
  arrayOf,
  type Checks,
  checkOptions,
  expectFunction,
  expectRecord,
  expectString,
  wrongKind,
} from "../../checks";
import { type LaterParts, loadLater } from "../../later";
import type { Family, Model } from "../family";
import type { Families } from "./read-pretrained";

/** The families that `pretrainedLoader` was given: a list, or functions that import them, by `model_type`. */
export function givenFamilies<M extends Model>(
  where: string,
  families: readonly Family<M>[] | LaterParts<Family<M>>,
): Families<M> {
  if (isList(families)) {
    expectSome(where, families);
    for (const [i, family] of families.entries()) expectFamily(where, `families[${i}]`, family);
    return {
      find: async (modelType) => families.find(({ modelTypes }) => modelTypes.some((type) => type === modelType)),
      known: () => families.flatMap(({ modelTypes }) => modelTypes),
    };
  }
  expectLater(where, "families", families);
  expectSome(where, families);
  return {
    async find(modelType) {
      if (typeof modelType !== "string" || !Object.hasOwn(families, modelType)) return undefined;
      const family = await loadLater(`model_type "${modelType}"`, async () => families[modelType]!());
      const name = `what families[${JSON.stringify(modelType)}] gives`;
      expectFamily(where, name, family);
      if (!family.modelTypes.includes(modelType))
        throw new RangeError(`${where}: ${name} is a family of model_type ${family.modelTypes.join(", ")}`);
      return family;
    },
    known: () => Object.keys(families),
  };
}

const isList = <M extends Model>(
  families: readonly Family<M>[] | LaterParts<Family<M>>,
): families is readonly Family<M>[] => Array.isArray(families);

function expectLater(where: string, name: string, families: unknown): void {
  const wanted = "an array of families, or an object with a function for each model_type";
  // A single family is no list, and no functions that import some.
  if (typeof families !== "object" || families === null || "modelTypes" in families)
    throw wrongKind(where, name, wanted, families);
  expectRecord(where, name, families);
  for (const [type, load] of Object.entries(families)) expectFunction(where, `${name}[${JSON.stringify(type)}]`, load);
}

function expectSome(where: string, families: object): void {
  if (Object.keys(families).length === 0) throw new RangeError(`${where}: families is empty; name at least one`);
}

const familyChecks: Checks<Family> = {
  modelTypes: arrayOf(expectString),
  classes: (...given) => (Array.isArray(given[2]) ? arrayOf(expectString)(...given) : expectString(...given)),
  heads: expectRecord,
  aliases: expectRecord,
  defaults: expectRecord,
  layers: (...given) => (typeof given[2] === "function" ? undefined : expectRecord(...given)),
  spelling: expectRecord,
  toModel: expectFunction,
  toConfig: expectFunction,
  names: expectFunction,
  load: expectFunction,
};

function expectFamily(where: string, name: string, family: unknown): void {
  if (typeof family !== "object" || family === null || !("modelTypes" in family))
    throw wrongKind(where, name, "a family, such as llama from transformer-blocks/families", family);
  const required = ["modelTypes", "layers", "spelling", "toModel", "names"] as const;
  checkOptions(`${where}: ${name}`, family, familyChecks, required);
}
