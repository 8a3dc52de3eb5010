import { arrayOf, type Checks, checkOptions, expectBoolean, oneOf } from "../checks";
import { knownAs } from "../synonyms";
import { expectText, type Loaded, passOf, sentenceModelOf } from "./pretrained";
import { unit } from "./sentence-modules";
import { type Pooling, type SentenceSettings, sentenceSettings } from "./sentence-settings";

export interface EmbedOptions {
  /** How the vectors of tokens are combined. Defaults to the setting in the model's files, else "mean". */
  pooling?: Pooling | undefined;
  /**
   * Divide each vector by its length, so that dot products are cosines. Defaults to the setting in modules.json, or
   * true without that file.
   */
  normalize?: boolean | undefined;
  /** A text before each text. Defaults to the default prompt in the model's files. */
  prompt?: string | undefined;
  /** The name of one of the prompts in the model's files, such as "query". */
  promptName?: string | undefined;
}

const checks: Checks<EmbedOptions> = /* @__PURE__ */ knownAs(
  {
    options: ["pooling pool poolingMode poolingStrategy", "normalize normalise normalizeEmbeddings normalization"],
    words: [
      "mean avg average batchmean meanPooling",
      "first cls clsToken",
      "last lastToken eos",
      "meanSqrtLength meanSqrtLen meanSqrtLenTokens",
      "weightedMean weightedmean",
    ],
  },
  {
    pooling: oneOf(["mean", "first", "last", "max", "meanSqrtLength", "weightedMean"] satisfies Pooling[]),
    normalize: expectBoolean,
    prompt: expectText,
    promptName: expectText,
  },
);
const textsCheck = arrayOf(expectText, "an array of strings");

/**
 * A semantic vector for each text: the model's last hidden states, pooled. The files of a sentence encoder are respected:
 * pooling, dense and normalization modules, maximum length, lower-casing and prompts.
 *
 * @throws TypeError if the model is not an encoder or decoder of the library; FormatError for an unsupported module or
 *   pooling; RangeError for a prompt that is not in the files
 * @see Reimers and Gurevych 2019, Sentence-BERT (arXiv 1908.10084), section 3
 */
export async function embed(
  pretrained: Loaded,
  texts: readonly string[],
  options: EmbedOptions = {},
): Promise<Float32Array[]> {
  const model = sentenceModelOf("embed", pretrained);
  textsCheck("embed", "texts", texts);
  checkOptions("embed", options, checks);
  if (options.prompt !== undefined && options.promptName !== undefined)
    throw new TypeError("embed: promptName has no effect if prompt is given");
  const settings = sentenceSettings({ ...pretrained, model }, options);
  const poolings = options.pooling ? [options.pooling] : (settings.poolings ?? ["mean"]);
  const skipped = settings.includePrompt ? 0 : promptLength(pretrained, settings);
  // One text at a time: no padding, and no text affects another.
  const vectors: Float32Array[] = [];
  for (const text of texts) {
    const { ids, types } = encoded(pretrained, settings.prompt + text, settings);
    if (ids.length === 0) throw new RangeError(`embed: texts[${vectors.length}] has no tokens`);
    const hidden = model.hidden([ids], passOf(pretrained, types));
    const rows = await hidden.read();
    const parts = poolings.map((pooling) => pool(rows, ids.length, hidden.shape[2], pooling, skipped));
    vectors.push(finished(joined(parts), settings, options.normalize));
  }
  return vectors;
}

/** Runs what follows pooling. `normalize` overrides what the files say of it. */
function finished(vector: Float32Array, { after }: SentenceSettings, normalize: boolean | undefined): Float32Array {
  const own = normalize ?? after === undefined;
  const layers = (after ?? []).filter(({ normalizes }) => !normalizes || normalize === undefined);
  const result = layers.reduce((x, { layer }) => layer(x), vector);
  return own ? unit(result) : result;
}

const joined = (parts: readonly Float32Array[]): Float32Array =>
  parts.length === 1 ? parts[0]! : Float32Array.from(parts.flatMap((part) => [...part]));

function encoded({ tokenizer }: Loaded, text: string, { maxLength, lowerCase }: SentenceSettings) {
  const cut = maxLength === undefined ? {} : { maxLength, truncation: true };
  return tokenizer.encode(lowerCase ? text.toLowerCase() : text, cut);
}

/** How many tokens at the beginning belong to the prompt: those of the prompt alone, without its last special one. */
function promptLength(pretrained: Loaded, settings: SentenceSettings): number {
  if (settings.prompt === "") return 0;
  const { ids, special } = encoded(pretrained, settings.prompt, settings);
  return ids.length - (special.at(-1) === 1 ? 1 : 0);
}

/** hidden [seq, dModel] → [dModel], without the first `start` tokens */
function pool(hidden: Float32Array, seq: number, dModel: number, pooling: Pooling, start: number): Float32Array {
  const from = Math.min(start, seq - 1);
  if (pooling === "first") return hidden.slice(from * dModel, (from + 1) * dModel);
  if (pooling === "last") return hidden.slice((seq - 1) * dModel);
  return new Float32Array(dModel).map((_, i) => {
    let [sum, weights, greatest] = [0, 0, Number.NEGATIVE_INFINITY];
    for (let token = from; token < seq; token++) {
      const weight = pooling === "weightedMean" ? token + 1 : 1;
      sum += weight * hidden[token * dModel + i]!;
      weights += weight;
      greatest = Math.max(greatest, hidden[token * dModel + i]!);
    }
    if (pooling === "max") return greatest;
    return sum / (pooling === "meanSqrtLength" ? Math.sqrt(weights) : weights);
  });
}
