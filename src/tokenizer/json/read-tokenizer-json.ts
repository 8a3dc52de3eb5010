import { Fields } from "../../fields";
import { AddedTokens, findSpecialTokens, readAddedToken, readPadding, Tokenizer } from "../pipeline";
import { expectShallow, problem, TOKENIZER_FILE } from "../text";
import type { Components } from "./components/component";
import { checkConfiguration } from "./configuration";

/**
 * Reads a tokenizer.json with the given components.
 *
 * @param config the tokenizer's public configuration
 * @param settings the effective configuration, including other files of the directory
 */
export function readTokenizerJson(
  json: string | object,
  config: object,
  components: Components,
  settings = config,
): Tokenizer {
  const fields = new Fields(typeof json === "string" ? parse(json) : json, TOKENIZER_FILE);
  const configuration: Record<string, unknown> = Object.assign(Object.create(null), settings);
  checkConfiguration(configuration);
  const model = components.read("model", withModelType(fields.object("model")));
  const normalizer = components.readOptional("normalizer", fields);
  const postProcessor = components.readOptional("post_processor", fields);
  const tokens = fields.get("added_tokens") == null ? [] : fields.objects("added_tokens").map(readAddedToken);
  const added = new AddedTokens(tokens, model.vocabulary, normalizer);
  const idOf = (token: string): number | undefined => added.id(token) ?? model.vocabulary.id(token);
  const special = findSpecialTokens(idOf, configuration, model, postProcessor);
  return new Tokenizer({
    added,
    model,
    postProcessor,
    special,
    preTokenizer: components.readOptional("pre_tokenizer", fields),
    decoder: components.readOptional("decoder", fields),
    padding: readPadding(fields.optionalObject("padding"), configuration, special.pad),
    truncation: components.readTruncation(fields, configuration),
    cleanUpSpaces: configuration.clean_up_tokenization_spaces === true,
    recognizeSpecial: configuration.split_special_tokens !== true,
    config: Object.freeze(Object.assign(Object.create(null), config)),
    json: componentsOf(fields),
  });
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json.replace(/^\ufeff/, ""));
  } catch (error) {
    throw problem("", `text that is not JSON (${(error as SyntaxError).message})`, "JSON");
  }
}

/** Older files omit the model's type: it follows from the other fields. */
function withModelType(fields: Fields): Fields {
  const has = (name: string): boolean => fields.get(name) !== undefined;
  if (has("type")) return fields;
  let type = Array.isArray(fields.get("vocab")) ? "Unigram" : "WordLevel";
  if (has("continuing_subword_prefix") && has("max_input_chars_per_word")) type = "WordPiece";
  if (has("merges")) type = "BPE";
  return new Fields({ ...fields.value, type }, fields.file, fields.at, fields.depth);
}

/** The parts that are written back unchanged. */
function componentsOf(fields: Fields): Record<string, unknown> {
  const names = ["truncation", "padding", "normalizer", "pre_tokenizer", "post_processor", "decoder"];
  for (const name of names) expectShallow(fields.get(name), fields.path(name));
  return structuredClone(Object.fromEntries(names.map((name) => [name, fields.get(name) ?? null])));
}
