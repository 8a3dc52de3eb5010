import { isRecord } from "../../../fields";
import { loadLater } from "../../../later";

type Config = Readonly<Record<string, unknown>>;

/** Model types whose published tokenizer_config.json names a wrong class; the type's class is right. */
const TYPE_KNOWS_BETTER = /^(qwen2|qwen3_5|qwen3_5_moe|qwen3_5_moe_text|qwen4_exp|siglip2)$/;

/** Generic classes, which do not specify how files are read. */
const ANY_CLASS = /^(PreTrainedTokenizer|TokenizersBackend|PythonBackend|)$/;

/** Classes that pad on the left by default. */
const PADS_LEFT = /^(CodeLlama|Cohere|Gemma|Llama|Siglip2|XLNet)Tokenizer$/;

/**
 * The class of a directory's tokenizer, without `Fast`: the one named in tokenizer_config.json or config.json, else the
 * class of the model's type; undefined if neither is known.
 *
 * @param model config.json
 */
export async function tokenizerClass(config: Config, model: unknown): Promise<string | undefined> {
  const { model_type: type, tokenizer_class: ofModel } = isRecord(model) ? model : { model_type: undefined };
  const named = nameOf(config.tokenizer_class) ?? nameOf(ofModel);
  const isKnown = named !== undefined && !ANY_CLASS.test(named);
  if (isKnown && !(typeof type === "string" && TYPE_KNOWS_BETTER.test(type))) return named;
  const { classOfType } = await loadLater("tokenizer_class", () => import("./classes"));
  return classOfType(type) ?? (isKnown ? named : undefined);
}

const nameOf = (value: unknown): string | undefined =>
  value == null ? undefined : typeof value === "string" ? value.replace(/Fast$/, "") : JSON.stringify(value);

/** The configuration, with the defaults of its class filled in. */
export function withClassDefaults(config: Config, name: string | undefined): Config {
  return name !== undefined && PADS_LEFT.test(name) && config.padding_side == null
    ? { ...config, padding_side: "left" }
    : config;
}
