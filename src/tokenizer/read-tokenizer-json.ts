import { FormatError } from "../errors";
import { AddedTokens, readAddedToken } from "./added-tokens";
import type { Components } from "./components/component";
import { describe, Fields, TOKENIZER_FILE } from "./fields";
import { type Padding, readPadding } from "./padding";
import { findSpecialTokens, type SpecialTokens } from "./special-tokens";
import { Tokenizer } from "./tokenizer";
import { DEFAULT_TRUNCATION, readTruncation, type TruncationSettings } from "./truncation";

/** A tokenizer.json, read with these components. */
export function readTokenizerJson(json: string | object, config: object, components: Components): Tokenizer {
  const fields = new Fields(typeof json === "string" ? parse(json) : json, "");
  const configuration: Record<string, unknown> = Object.assign(Object.create(null), config);
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
    padding: paddingOf(
      fields.get("padding") == null ? undefined : readPadding(fields.object("padding")),
      configuration,
      special,
    ),
    truncation: truncationOf(
      fields.get("truncation") == null ? DEFAULT_TRUNCATION : readTruncation(fields.object("truncation")),
      configuration,
    ),
    cleanUpSpaces: configuration.clean_up_tokenization_spaces === true,
    config: Object.freeze(configuration),
    json: componentsOf(fields),
  });
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new FormatError({ file: TOKENIZER_FILE, found: `text that is not JSON (${reason})`, expected: "JSON" });
  }
}

/** Older files leave the type of the model out: it follows from the other fields. */
function withModelType(fields: Fields): Fields {
  const has = (name: string): boolean => fields.get(name) !== undefined;
  if (has("type")) return fields;
  let type = Array.isArray(fields.get("vocab")) ? "Unigram" : "WordLevel";
  if (has("continuing_subword_prefix") && has("max_input_chars_per_word")) type = "WordPiece";
  if (has("merges")) type = "BPE";
  return new Fields({ ...fields.value, type }, fields.at, fields.depth);
}

/** The parts that are written back as they were read. */
function componentsOf(fields: Fields): Record<string, unknown> {
  const names = ["truncation", "padding", "normalizer", "pre_tokenizer", "post_processor", "decoder"];
  return Object.fromEntries(names.map((name) => [name, structuredClone(fields.get(name) ?? null)]));
}

function paddingOf(read: Padding | undefined, config: Record<string, unknown>, special: SpecialTokens): Padding {
  const side = sideOf(config, "padding_side") ?? read?.side ?? "right";
  const id = config.pad_token == null ? (read?.id ?? special.pad) : special.pad;
  return { id, type: read?.type ?? 0, side };
}

function truncationOf(settings: TruncationSettings, config: Record<string, unknown>): TruncationSettings {
  const direction = sideOf(config, "truncation_side") ?? settings.direction;
  return { ...settings, direction, maxLength: settings.maxLength ?? modelMaxLength(config) };
}

function sideOf(config: Record<string, unknown>, name: string): "left" | "right" | undefined {
  const side = config[name];
  if (side === undefined || side === null || side === "left" || side === "right") return side ?? undefined;
  throw new FormatError({ file: "tokenizer_config.json", at: name, found: describe(side), expected: "left or right" });
}

/** Configurations without a limit say 1e30. */
function modelMaxLength(config: Record<string, unknown>): number | undefined {
  const length = config.model_max_length;
  return typeof length === "number" && Number.isSafeInteger(length) && length > 0 ? length : undefined;
}
