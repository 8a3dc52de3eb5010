import { FormatError } from "../errors";
import { AddedTokens, readAddedToken } from "./added-tokens";
import { readDecoder } from "./decoders";
import { describe, Fields, TOKENIZER_FILE } from "./fields";
import { readModel } from "./models";
import { readNormalizer } from "./normalizers";
import { type Padding, readPadding } from "./padding";
import { readPostProcessor } from "./post-processors";
import { readPreTokenizer } from "./pre-tokenizers";
import { findSpecialTokens, type SpecialTokens } from "./special-tokens";
import { Tokenizer } from "./tokenizer";
import { DEFAULT_TRUNCATION, readTruncation, type TruncationSettings } from "./truncation";

/**
 * Reads a tokenizer.json, given as text or as the object it holds, and does what it says.
 *
 * `truncation` and `padding` in the file never act by themselves: they say how {@link Tokenizer.encode} cuts when it is
 * asked to, and with which id and on which side {@link Tokenizer.encodeBatch} pads.
 *
 * @param config the tokenizer_config.json beside it: names the special tokens (`pad_token`, `bos_token`, …), and may
 *   set `padding_side`, `truncation_side`, `model_max_length` and `clean_up_tokenization_spaces`
 * @throws FormatError naming the field, what was found and what was expected.
 * @see https://huggingface.co/docs/tokenizers/api/tokenizer
 * @example
 * ```ts
 * import { readFile } from "node:fs/promises";
 * import { tokenizerFromJson } from "transformer-blocks/tokenizer";
 * const tokenizer = tokenizerFromJson(await readFile("examples/models/fill/tokenizer.json", "utf8"));
 * tokenizer.encode("The boat sailed.").tokens; // ["[CLS]", "the", "boat", "sailed", ".", "[SEP]"]
 * ```
 */
export function tokenizerFromJson(json: string | object, config: object = {}): Tokenizer {
  const fields = new Fields(typeof json === "string" ? parse(json) : json, "");
  const settings = Object.entries(config);
  const configuration: Record<string, unknown> = Object.assign(Object.create(null), Object.fromEntries(settings));
  const optional = <T>(name: string, read: (part: Fields) => T): T | undefined =>
    fields.get(name) == null ? undefined : read(fields.object(name));

  const model = readModel(fields.object("model"));
  const normalizer = optional("normalizer", readNormalizer);
  const postProcessor = optional("post_processor", readPostProcessor);
  const tokens = fields.get("added_tokens") == null ? [] : fields.objects("added_tokens").map(readAddedToken);
  const added = new AddedTokens(tokens, model.vocabulary, normalizer);
  const idOf = (token: string): number | undefined => added.id(token) ?? model.vocabulary.id(token);
  const special = findSpecialTokens(idOf, configuration, model, postProcessor);
  return new Tokenizer({
    added,
    model,
    postProcessor,
    special,
    preTokenizer: optional("pre_tokenizer", readPreTokenizer),
    decoder: optional("decoder", readDecoder),
    padding: paddingOf(optional("padding", readPadding), configuration, special),
    truncation: truncationOf(optional("truncation", readTruncation), configuration),
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

function truncationOf(read: TruncationSettings | undefined, config: Record<string, unknown>): TruncationSettings {
  const settings = read ?? DEFAULT_TRUNCATION;
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
