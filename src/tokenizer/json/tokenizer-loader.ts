import { arrayOf, wrongKind } from "../../checks";
import { checkJsonArguments, type Tokenizer } from "../pipeline";
import { Components, type TokenizerComponent } from "./components/component";
import { readTokenizerJson } from "./read-tokenizer-json";

/** Reads a tokenizer.json, as {@link tokenizerFromJson} does. */
export type TokenizerLoader = (json: string | object, config?: object) => Tokenizer;

/**
 * A {@link tokenizerFromJson} that bundles only these components, one for each `type` in the file. GPT-2 needs `bpe`
 * and `byteLevel`; GPT-4, Llama 3 and Qwen also need `sequence`, `split`, and `templateProcessing` or `nfc` if used.
 *
 * `encode` with `truncation: true` also needs `truncation`.
 *
 * @throws FormatError from the returned function if a file needs another component, naming the one to add.
 * @example
 * ```ts
 * import { bpe, byteLevel, tokenizerLoader } from "transformer-blocks/tokenizer";
 * const load = tokenizerLoader([bpe, byteLevel]);
 * const tokenizer = load({
 *   pre_tokenizer: { type: "ByteLevel", add_prefix_space: false },
 *   model: { type: "BPE", vocab: { a: 0, b: 1, ab: 2 }, merges: ["a b"] },
 * });
 * tokenizer.encode("aba").tokens; // ["ab", "a"]
 * ```
 */
export function tokenizerLoader(components: readonly TokenizerComponent[]): TokenizerLoader {
  arrayOf(expectComponent, "an array of components")("tokenizerLoader", "components", components);
  return (json, config = {}) => {
    checkJsonArguments("tokenizerLoader", json, config);
    return readTokenizerJson(json, config, new Components(components, "passed to tokenizerLoader", adviceToAdd));
  };
}

function expectComponent(where: string, name: string, value: unknown): void {
  if (typeof value !== "object" || value === null || !("type" in value) || typeof value.type !== "string")
    throw wrongKind(where, name, "a component exported by this library", value);
}

// Which types there are is not known here: a list of them would be in every bundle.
const adviceToAdd = (type: string, component: string): string =>
  `; if this library has ${type}, add ${component} or use tokenizerFromJson`;
