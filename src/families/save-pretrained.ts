import { type Target, type WritableTensor, writeDirectory, writeSafetensors } from "../checkpoint";
import { DecoderModel, EncoderDecoderModel, EncoderModel } from "../models";
import type { Tokenizer } from "../tokenizer";
import { ConfigFields, type ConfigObject } from "./config-fields";
import type { Family, Model } from "./family";
import { families } from "./from-pretrained";
import { toTheirs } from "./layout";
import { type Link, linksOf } from "./name-map";
import { written } from "./stored-names";
import { tokenizerFiles } from "./tokenizer-files";

/** What is saved: what `fromPretrained` gave, or a model of one's own. */
export interface Saved {
  model: Model;
  tokenizer?: Tokenizer | undefined;
  /** What config.json shall hold; made from the model unless given. */
  config?: ConfigObject | undefined;
  /** Further files, as they are. */
  files?: ReadonlyMap<string, Uint8Array> | undefined;
}

/**
 * Writes a directory that `fromPretrained` opens, here and in Python: config.json, model.safetensors and tokenizer.json.
 * The same model gives the same bytes.
 *
 * @param target a directory path, a file URL, or an object with `write(name, bytes)`
 * @throws RangeError if no family has such models, or the config describes another model
 * @throws Error if a parameter has no values
 * @example
 * ```ts
 * import { gpt, savePretrained } from "transformer-blocks";
 * const files = new Map<string, Uint8Array>();
 * const write = async (name: string, bytes: Uint8Array) => void files.set(name, bytes);
 * const model = gpt({ vocabSize: 8, contextLength: 16, dModel: 8, heads: 2, layers: 1 }, { seed: 1 });
 * await savePretrained({ model }, { write });
 * [...files.keys()]; // ["config.json", "model.safetensors"]
 * ```
 */
export async function savePretrained(saved: Saved, target: Target): Promise<void> {
  const { model, tokenizer } = saved;
  if (!(model instanceof DecoderModel || model instanceof EncoderModel || model instanceof EncoderDecoderModel))
    throw new TypeError("savePretrained: model must be a DecoderModel, EncoderModel or EncoderDecoderModel");
  const { family, config } = saved.config ? described(saved.config) : derived(model);
  const links = linksOf(family.names(model), model);
  checkConfig(family, config, model, links);
  const parameters = model.parameters();
  const tensors = asTheirs(family, config, links, (path) => parameters.get(path)!.data);
  const files = new Map([
    ["config.json", json(config)],
    ["model.safetensors", writeSafetensors(tensors, { format: "pt" })],
    ...tokenizerFiles(tokenizer).map(([file, content]) => [file, json(content)] as const),
    ...(saved.files ?? []),
  ]);
  await writeDirectory(target, files);
}

const json = (value: object): Uint8Array => new TextEncoder().encode(`${JSON.stringify(value, undefined, 2)}\n`);

/** A family and a config.json that describes a model. */
interface Description {
  family: Family;
  config: ConfigObject;
}

function described(config: ConfigObject): Description {
  const family = families.find(({ modelTypes }) => modelTypes.some((type) => type === config.model_type));
  if (family !== undefined) return { family, config };
  const known = families.flatMap(({ modelTypes }) => modelTypes).join(", ");
  throw new RangeError(`savePretrained: config.model_type must be one of ${known}, not ${String(config.model_type)}`);
}

/** The first family that has such models. */
function derived(model: Model): Description {
  const reasons: string[] = [];
  for (const family of families) {
    try {
      return { family, config: family.toConfig(model) };
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      reasons.push(`${family.modelTypes[0]}: ${error.message}`);
    }
  }
  throw new RangeError(`savePretrained: no family has models like this. ${reasons.join("; ")}`);
}

/** @throws RangeError unless what the config describes has the model's parameters */
function checkConfig(family: Family, config: ConfigObject, model: Model, links: readonly Link[]): void {
  const names = new Set(links.map(({ theirs }) => theirs));
  const again = family.toModel(new ConfigFields(config), (theirs) => names.has(theirs));
  const wanted = again.parameters();
  const found = model.parameters();
  for (const path of new Set([...found.keys(), ...wanted.keys()])) {
    const [here, there] = [found.get(path), wanted.get(path)];
    if (here?.shape.join() === there?.shape.join()) continue;
    const show = (shape: readonly number[] | undefined) => (shape ? `[${shape.join(", ")}]` : "none");
    throw new RangeError(
      `savePretrained: config describes another model: ${path} is ${show(here?.shape)}, by the config ${show(there?.shape)}`,
    );
  }
}

/** Values of a model's parameters, given by path, as the tensors of a checkpoint. */
export function asTheirs(
  family: Family,
  config: ConfigObject,
  links: readonly Link[],
  values: (path: string) => Float32Array,
): Map<string, WritableTensor> {
  const architecture = Array.isArray(config.architectures) ? config.architectures[0] : undefined;
  return new Map(
    links.map((link) => {
      const name = written(link.theirs, family.spelling, architecture);
      return [name, { shape: link.shape, data: toTheirs(link, values) }];
    }),
  );
}
