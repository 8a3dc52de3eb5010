import { arrayOf, type Checks, checkOptions, expectBoolean, oneOf } from "../checks";
import { knownAs } from "../synonyms";
import { encoderOf, expectText, type Loaded, passOf } from "./pretrained";
import { type Pooling, type SentenceSettings, sentenceSettings } from "./sentence-settings";

export interface EmbedOptions {
  /**
   * The mean over a text's tokens, the vector of its first or last token, or the maximum of each dimension. Defaults to
   * the setting in the model's files, else "mean".
   */
  pooling?: Pooling | undefined;
  /**
   * Divide each vector by its length, so that dot products are cosines. Defaults to the setting in modules.json, or
   * true without that file.
   */
  normalize?: boolean | undefined;
}

const checks: Checks<EmbedOptions> = /* @__PURE__ */ knownAs(
  {
    options: ["pooling pool poolingMode poolingStrategy", "normalize normalise normalizeEmbeddings normalization"],
    words: ["mean avg average batchmean meanPooling", "first cls clsToken", "last lastToken eos"],
  },
  { pooling: oneOf(["mean", "first", "last", "max"]), normalize: expectBoolean },
);
const textsCheck = arrayOf(expectText, "an array of strings");

/**
 * A semantic vector for each text: the encoder's last hidden states, pooled. The files of a sentence encoder are
 * respected: pooling and normalization modules, maximum length, lower-casing and prompt.
 *
 * @throws TypeError if the model is not an encoder; FormatError for an unsupported module or pooling
 * @see Reimers and Gurevych 2019, Sentence-BERT (arXiv 1908.10084), section 3
 */
export async function embed(
  pretrained: Loaded,
  texts: readonly string[],
  options: EmbedOptions = {},
): Promise<Float32Array[]> {
  const model = encoderOf("embed", pretrained);
  textsCheck("embed", "texts", texts);
  checkOptions("embed", options, checks);
  const settings = sentenceSettings({ ...pretrained, model }, options.pooling);
  const { pooling = settings.pooling ?? "mean", normalize = settings.normalize ?? true } = options;
  // One text at a time: no padding, and no text affects another.
  const vectors: Float32Array[] = [];
  for (const text of texts) {
    const { ids, types } = encoded(pretrained, text, settings);
    if (ids.length === 0) throw new RangeError(`embed: texts[${vectors.length}] has no tokens`);
    const hidden = model.hidden([ids], passOf(pretrained, types));
    const vector = pool(await hidden.read(), ids.length, hidden.shape[2], pooling);
    vectors.push(normalize ? unit(vector) : vector);
  }
  return vectors;
}

function encoded({ tokenizer }: Loaded, text: string, { maxLength, lowerCase, prompt }: SentenceSettings) {
  const whole = prompt + text;
  const cut = maxLength === undefined ? {} : { maxLength, truncation: true };
  return tokenizer.encode(lowerCase ? whole.toLowerCase() : whole, cut);
}

/** hidden [seq, dModel] → [dModel] */
function pool(hidden: Float32Array, seq: number, dModel: number, pooling: Pooling): Float32Array {
  if (pooling === "first") return hidden.slice(0, dModel);
  if (pooling === "last") return hidden.slice((seq - 1) * dModel);
  return new Float32Array(dModel).map((_, i) => {
    let sum = 0;
    let greatest = Number.NEGATIVE_INFINITY;
    for (let token = 0; token < seq; token++) {
      sum += hidden[token * dModel + i]!;
      greatest = Math.max(greatest, hidden[token * dModel + i]!);
    }
    return pooling === "max" ? greatest : sum / seq;
  });
}

function unit(vector: Float32Array): Float32Array {
  const length = Math.hypot(...vector);
  return length === 0 ? vector : vector.map((x) => x / length);
}
