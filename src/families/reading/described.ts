import { countParameters, Embedding, type Module, OutputHead } from "../../blocks";
import { describe } from "../../checks";
import { withArticle } from "../../describe";
import { FormatError } from "../../errors";
import { DecoderModel, type EncoderDecoderFacts } from "../../models";
import { flatConfigOf } from "../../models/internal";
import { type ConfigObject, fieldsOf } from "../config-fields";
import { type Family, layersOf, type Model } from "../family";
import { linksOf } from "../name-map";
import { readyFamily, registry, writers } from "../registry";
import { tokensField } from "../settings";
import { hadName } from "./as-loaded";
import { generationTokens } from "./generation-tokens";
import { editedFields, loadedConfigOf } from "./kept-files";
import { type Difference, differenceOf } from "./same-model";

/** A family and a config.json that describes a model. */
export interface Description {
  family: Family;
  config: ConfigObject;
}

/**
 * The config.json of a model, verified by reading it back. A given config is kept; fields are updated only if a loaded
 * model changed: its vocabulary, head or tokens.
 *
 * @param generation generation_config.json, whose tokens take precedence over those of config.json
 * @throws RangeError that names the class, setting or parameter that no config.json can describe
 */
export async function describedModel(
  model: Model,
  config: ConfigObject | undefined,
  generation: Uint8Array | undefined,
): Promise<Description> {
  if (config === undefined) return derived(model, generation);
  const family = await readyFamily(config.model_type);
  if (family !== undefined) return { family, config: fitted(family, config, model, generation) };
  const known = Object.keys(registry).join(", ");
  throw new RangeError(`savePretrained: config.model_type must be one of ${known}, not ${describe(config.model_type)}`);
}

/** The first family that can express a model that a factory made. */
async function derived(model: Model, generation: Uint8Array | undefined): Promise<Description> {
  const flat = flatConfigOf(model);
  if (flat === undefined)
    throw new RangeError(
      "savePretrained: this model has no config.json, because it was neither loaded nor made by gpt, bert or encoderDecoder. Pass { model, config } with the config of a family, or save only its parameters with saveParameters",
    );
  const reasons: string[] = [];
  for (const name of writers) {
    const family = await readyFamily(name);
    if (family?.toConfig === undefined) continue;
    try {
      const config = family.toConfig(flat);
      const misfit = misfitOf(family, config, model, generation, { counting: false });
      if (misfit === undefined) return { family, config };
      reasons.push(`${family.modelTypes[0]}: ${misfit}`);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      reasons.push(`${family.modelTypes[0]}: ${error.message}`);
    }
  }
  const other = "To save only the parameters of any module, call saveParameters";
  throw new RangeError(`savePretrained: no family can express this model: ${reasons.join("; ")}. ${other}`);
}

/** Fields that may follow changes made after loading; fields in one group belong together. */
const adaptable: readonly (readonly string[])[] = [
  ...[["vocab_size", "decoder_vocab_size"], ["architectures"], ["id2label", "label2id", "num_labels"]],
  ...[["tie_word_embeddings"], ["eos_token_id"], ["pad_token_id"], ["decoder_start_token_id"]],
];

function fitted(family: Family, config: ConfigObject, model: Model, generation: Uint8Array | undefined): ConfigObject {
  const misfit = misfitOf(family, config, model, generation);
  if (misfit === undefined) return config;
  const right = rightFields(family, model);
  const pick = (from: ConfigObject, fields: readonly string[]) =>
    Object.fromEntries(fields.map((field) => [field, from[field]]));
  let candidate: ConfigObject = { ...config, ...pick(right, adaptable.flat()) };
  if (misfitOf(family, candidate, model, generation) !== undefined)
    throw new RangeError(`savePretrained: config describes another model: ${misfit}`);
  for (const fields of adaptable) {
    const restored = { ...candidate, ...pick(config, fields) };
    if (misfitOf(family, restored, model, generation) === undefined) candidate = restored;
  }
  const overruled = editedFields(config, model).find((name) => candidate[name] !== config[name]);
  if (overruled !== undefined)
    throw new RangeError(
      `savePretrained: config describes another model: config.${overruled} was changed, and then: ${misfit}`,
    );
  return Object.fromEntries(Object.entries(candidate).filter(([, value]) => value !== undefined));
}

/** The adaptable fields of a model: its facts, the config that it was loaded with, or the one a factory was given. */
function rightFields(family: Family, model: Model): ConfigObject {
  const { vocabSize, endTokens, padToken, startToken }: EncoderDecoderFacts = model.config;
  return {
    ...(loadedConfigOf(model) ?? derivedFields(family, model)),
    ...tiedField(model),
    vocab_size: vocabSize,
    eos_token_id: tokensField(endTokens),
    pad_token_id: padToken ?? null,
    ...(startToken !== undefined && { decoder_start_token_id: startToken, decoder_vocab_size: vocabSize }),
  };
}

/** Whether the head shares the embedding's weight, if both are ours. */
function tiedField(model: Model): ConfigObject {
  if (!(model instanceof DecoderModel)) return {};
  if (!(model.head instanceof OutputHead && model.embedding instanceof Embedding)) return {};
  return { tie_word_embeddings: model.head.projection.weight === model.embedding.weight };
}

function derivedFields(family: Family, model: Model): ConfigObject {
  const flat = flatConfigOf(model);
  if (flat === undefined) return {};
  try {
    return family.toConfig?.(flat) ?? {};
  } catch (error) {
    if (error instanceof RangeError) return {};
    throw error;
  }
}

/**
 * Describes the first difference between a model and its config.
 *
 * @param counting false for a model of a factory, whose config does not say which tokens have a position
 */
function misfitOf(
  family: Family,
  config: ConfigObject,
  model: Model,
  generation: Uint8Array | undefined,
  { counting = true }: { counting?: boolean } = {},
): string | undefined {
  // Through JSON, with the tokens of generation_config.json: exactly as it will be read.
  const read = {
    ...JSON.parse(JSON.stringify(config)),
    ...generationTokens(config, generation, "generation_config.json"),
  };
  const fields = fieldsOf(family, read, { largest: countParameters(model) });
  try {
    const names = new Set(linksOf(family.names(model, hadName(model)), model).map(({ theirs }) => theirs));
    // Limited by the parameters of the model, however many layers the config claims.
    for (const field of Object.keys(layersOf(family, fields))) fields.size(field);
    const again = family.toModel(fields, (theirs) => names.has(theirs));
    if (!counting && "positions" in model) Reflect.set(again, "positions", model.positions);
    return shapeMisfit(model, again) ?? words(differenceOf(model, again));
  } catch (error) {
    if (error instanceof FormatError || error instanceof RangeError) return error.message;
    throw error;
  }
}

/** Parameters first, because their shapes explain most. */
function shapeMisfit(model: Module, again: Module): string | undefined {
  const [found, wanted] = [model.parameters(), again.parameters()];
  const show = (shape: readonly number[] | undefined) => (shape ? `[${shape.join(", ")}]` : "none");
  for (const path of new Set([...found.keys(), ...wanted.keys()])) {
    const [here, there] = [found.get(path)?.shape, wanted.get(path)?.shape];
    if (here?.join() !== there?.join()) return `${path} is ${show(here)}, but ${show(there)} in the config`;
  }
  return undefined;
}

function words(difference: Difference | undefined): string | undefined {
  if (difference === undefined) return undefined;
  const { path, here, there, ofClass } = difference;
  const place = path === "" ? "the model" : path;
  return ofClass
    ? `${place} is ${withArticle(here)}, but the family makes ${withArticle(there)}`
    : `${place} is ${here}, but ${there} in the config`;
}
