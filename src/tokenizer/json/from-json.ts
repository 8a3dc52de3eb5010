import { checkJsonArguments, type Tokenizer } from "../pipeline";
import { everyComponent } from "./components/every";
import { readTokenizerJson } from "./read-tokenizer-json";

/**
 * Creates the tokenizer that a tokenizer.json describes, given as text or as an object.
 *
 * `truncation` and `padding` in the file have no effect by themselves: they are defaults for how {@link
 * Tokenizer.encode} truncates on request, and for the id and side of the padding in {@link Tokenizer.encodeBatch}.
 *
 * Bundles support for every tokenizer.json; {@link tokenizerLoader} bundles only selected components.
 *
 * @param config the tokenizer_config.json: names the special tokens (`pad_token`, `bos_token`, …), and may
 *   set `padding_side`, `truncation_side`, `model_max_length` and `clean_up_tokenization_spaces`
 * @throws FormatError naming the field, and the found and expected values.
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
  checkJsonArguments("tokenizerFromJson", json, config);
  return readTokenizerJson(json, config, everyComponent());
}
