import { isRecord } from "../../../fields";
import { configuredTokens, namesOf } from "./configured-tokens";
import { flagOf } from "./flag";
import { withSpaces } from "./with-spaces";

type Json = Readonly<Record<string, unknown>>;

/**
 * A tokenizer.json with the changes from tokenizer_config.json: tokens that only the configuration names are added,
 * BERT's normalizer and GPT-2's prefix space follow its flags, and CLIP's words are separated when decoding. Other
 * components and the post-processor stay unchanged.
 *
 * @throws FormatError naming the field of tokenizer_config.json
 */
export function configuredJson(json: Json, config: Json): Json {
  return { ...json, ...familyChanges(json, config), ...withTokens(json, config) };
}

function withTokens(json: Json, config: Json): Json {
  const present = json.added_tokens ?? [];
  if (!Array.isArray(present)) return {};
  const contents = new Set(present.map((token: unknown) => (isRecord(token) ? token.content : undefined)));
  const missing = configuredTokens(config, namesOf(config, {}), []).filter(({ content }) => !contents.has(content));
  return missing.length === 0 ? {} : { added_tokens: [...present, ...missing] };
}

function familyChanges(json: Json, config: Json): Json {
  const { normalizer, pre_tokenizer: preTokenizer } = json;
  const family = typeof config.tokenizer_class === "string" ? config.tokenizer_class.replace(/Fast$/, "") : "";
  if (family === "BertTokenizer" && isRecord(normalizer) && normalizer.type === "BertNormalizer") {
    return {
      normalizer: {
        ...normalizer,
        handle_chinese_chars: flagOf(config, "tokenize_chinese_chars") ?? true,
        strip_accents: flagOf(config, "strip_accents") ?? null,
        lowercase: flagOf(config, "do_lower_case") ?? true,
      },
    };
  }
  if (family === "GPT2Tokenizer" && isRecord(preTokenizer) && preTokenizer.type === "ByteLevel") {
    return { pre_tokenizer: { ...preTokenizer, add_prefix_space: flagOf(config, "add_prefix_space") ?? false } };
  }
  if (family === "CLIPTokenizer") return clipDecoder(json);
  return {};
}

function clipDecoder({ model, decoder }: Json): Json {
  const suffix = isRecord(model) ? model.end_of_word_suffix : undefined;
  if (!isRecord(decoder) || decoder.type !== "ByteLevel" || typeof suffix !== "string" || suffix === "") return {};
  return { decoder: withSpaces(decoder, suffix) };
}
