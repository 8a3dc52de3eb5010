import { checkJsonArguments, type Tokenizer } from "../pipeline";
import { everyComponent } from "./components/every";
import { readTokenizerJson } from "./read-tokenizer-json";

/**
 * Reads a tokenizer.json, given as text or as the object it holds, and does what it says.
 *
 * `truncation` and `padding` in the file never act by themselves: they say how {@link Tokenizer.encode} cuts when it is
 * asked to, and with which id and on which side {@link Tokenizer.encodeBatch} pads.
 *
 * Bundles all that a tokenizer.json may ask for; {@link tokenizerLoader} bundles what one of them does.
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
  checkJsonArguments("tokenizerFromJson", json, config);
  return readTokenizerJson(json, config, everyComponent());
}
