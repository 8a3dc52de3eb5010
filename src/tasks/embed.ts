import type { Pass } from "../blocks";
import { arrayOf, type Checks, checkOptions, expectBoolean, oneOf, wholeIn } from "../checks";
import { knownAs } from "../synonyms";
import type { Ids } from "../tensor";
import { inBatches } from "./batches";
import { expectText, type Loaded } from "./loaded";
import { sentenceModelOf } from "./pretrained";
import { unit } from "./sentence-modules";
import { type Pooling, type SentenceSettings, sentenceSettings } from "./sentence-settings";
import { type SignalOptions, signalCheck } from "./signal";
import { fittingOf, type LengthOptions, truncationCheck } from "./windows";
import { type InWorker, isInWorker, runThere } from "./worker/remote";

/** Options of `embed`. */
export interface EmbedOptions extends SignalOptions {
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
  /**
   * How many numbers of each vector to keep, the first ones, for models trained so that these stand alone. The rest is
   * cut before normalization. @see Kusupati et al. 2022, Matryoshka Representation Learning (arXiv 2205.13147)
   */
  dimensions?: number | undefined;
  /** Cut texts that are too long, instead of refusing them. Defaults to true if the files set a limit. */
  truncation?: boolean | undefined;
}

const checks: Checks<EmbedOptions> = /* @__PURE__ */ knownAs(
  {
    options: [
      "pooling pool poolingMode poolingStrategy",
      "normalize normalise normalizeEmbeddings normalization",
      "dimensions truncateDim dim",
    ],
    advice: [
      ["pooling", "batchSize chunkSize showProgressBar", "texts of one length run together without it"],
      ["pooling", "outputValue precision convertToNumpy convertToTensor returnTensors", "vectors are Float32Arrays"],
      ["pooling", "tokenizeKwargs padding maxLength", "truncation: true cuts texts that are too long; none are padded"],
    ],
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
    dimensions: wholeIn({ least: 1 }),
    truncation: truncationCheck,
    signal: signalCheck,
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
  pretrained: Loaded | InWorker,
  texts: readonly string[],
  options: EmbedOptions = {},
): Promise<Float32Array[]> {
  if (isInWorker(pretrained)) return runThere(pretrained, "embed", [texts, options]);
  const model = sentenceModelOf("embed", pretrained);
  textsCheck("embed", "texts", texts);
  checkOptions("embed", options, checks);
  if (options.prompt !== undefined && options.promptName !== undefined)
    throw new TypeError("embed: promptName has no effect if prompt is given");
  const settings = sentenceSettings({ model, files: pretrained.files }, options);
  const poolings = options.pooling ? [options.pooling] : (settings.poolings ?? ["mean"]);
  const { truncation } = options;
  const reading = { settings, contextLength: model.config.contextLength, truncation };
  const skipped = settings.includePrompt ? 0 : promptLength(pretrained, reading);
  const rows = texts.map((text, i) => {
    const row = encoded(pretrained, settings.prompt + text, `embed: texts[${i}]`, reading);
    if (row.ids.length === 0) throw new RangeError(`embed: texts[${i}] has no tokens`);
    return row;
  });
  const hidden = (ids: Ids, pass: Pass) => model.hidden(ids, pass);
  const vector = (numbers: Float32Array, i: number) => {
    const seq = rows[i]!.ids.length;
    const parts = poolings.map((pooling) => pool(numbers, seq, numbers.length / seq, pooling, skipped));
    return finished(joined(parts), settings, options);
  };
  return inBatches(pretrained, rows, { run: hidden, read: vector, signal: options.signal });
}

/** Runs what follows pooling. `normalize` overrides what the files say of it. What is cut is normalized again. */
function finished(vector: Float32Array, { after }: SentenceSettings, { normalize, dimensions }: EmbedOptions) {
  const layers = (after ?? []).filter(({ normalizes }) => !normalizes || normalize === undefined);
  const whole = layers.reduce((x, { layer }) => layer(x), vector);
  if (dimensions !== undefined && dimensions > whole.length)
    throw new RangeError(`embed: dimensions ${dimensions} is more than the ${whole.length} of the model's vectors`);
  const result = dimensions === undefined ? whole : whole.slice(0, dimensions);
  const normalizes = normalize ?? (after === undefined || (layers.at(-1)?.normalizes ?? false));
  return normalizes ? unit(result) : result;
}

const joined = (parts: readonly Float32Array[]): Float32Array =>
  parts.length === 1 ? parts[0]! : Float32Array.from(parts.flatMap((part) => [...part]));

interface Reading extends LengthOptions {
  settings: SentenceSettings;
  /** The model's limit. */
  contextLength: number;
}

function encoded({ tokenizer }: Loaded, text: string, where: string, { settings, contextLength, truncation }: Reading) {
  const { maxLength, lowerCase } = settings;
  const limited = { tokenizer, limit: maxLength ?? contextLength };
  return fittingOf(where, limited, lowerCase ? text.toLowerCase() : text, {
    truncation: truncation ?? maxLength !== undefined,
  });
}

/** How many tokens at the beginning belong to the prompt: those of the prompt alone, without its last special one. */
function promptLength(pretrained: Loaded, reading: Reading): number {
  const { prompt } = reading.settings;
  if (prompt === "") return 0;
  const { ids, special } = encoded(pretrained, prompt, "embed: prompt", reading);
  return ids.length - (special.at(-1) === 1 ? 1 : 0);
}

/** hidden [seq, dModel] → [dModel], without the first `start` tokens */
function pool(hidden: Float32Array, seq: number, dModel: number, pooling: Pooling, start: number): Float32Array {
  const from = Math.min(start, seq - 1);
  if (pooling === "first") return hidden.slice(from * dModel, (from + 1) * dModel);
  if (pooling === "last") return hidden.slice((seq - 1) * dModel);
  const [totals, weights] = totalsOf(hidden, from, seq, dModel, pooling);
  if (pooling === "max") return new Float32Array(totals);
  const divisor = pooling === "meanSqrtLength" ? Math.sqrt(weights) : weights;
  return new Float32Array(totals.map((total) => total / divisor));
}

/** The weighted sums of tokens, or their greatest numbers, and the sum of weights. */
function totalsOf(hidden: Float32Array, from: number, seq: number, dModel: number, pooling: Pooling) {
  const totals = new Float64Array(dModel).fill(pooling === "max" ? Number.NEGATIVE_INFINITY : 0);
  let weights = 0;
  for (let token = from; token < seq; token++) {
    const weight = pooling === "weightedMean" ? token + 1 : 1;
    weights += weight;
    const row = token * dModel;
    if (pooling === "max") for (let i = 0; i < dModel; i++) totals[i] = Math.max(totals[i]!, hidden[row + i]!);
    else for (let i = 0; i < dModel; i++) totals[i]! += weight * hidden[row + i]!;
  }
  return [totals, weights] as const;
}
