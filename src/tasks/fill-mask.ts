import { arrayOf, type Checks, checkOptions, wholeIn } from "../checks";
import { knownAs, topSynonyms } from "../synonyms";
import { softmax } from "../tensor";
import type { Encoding, Tokenizer } from "../tokenizer";
import { inBatches } from "./batches";
import { expectText, type Loaded } from "./loaded";
import { headedOf } from "./pretrained";
import { type SignalOptions, signalCheck } from "./signal";
import { windowsOf } from "./windows";
import { type InWorker, isInWorker, runThere } from "./worker/remote";

/** A token for the mask. */
export interface Filling {
  token: string;
  id: number;
  /** The probability, 0 to 1. */
  score: number;
  /** The text with the mask filled in, as the tokenizer decodes it: normalized, without unknown characters. */
  text: string;
}

/** Options of `fillMask`. */
export interface FillMaskOptions extends SignalOptions {
  /** How many fillings to return; 5 if omitted. */
  top?: number | undefined;
  /** The only words to choose from. Each is one token. */
  targets?: readonly string[] | undefined;
}

const checks: Checks<FillMaskOptions> = /* @__PURE__ */ knownAs(
  {
    ...topSynonyms,
    advice: [
      ["targets", "tokenizerKwargs padding truncation maxLength", "of a long text the part around the mask is read"],
    ],
  },
  {
    top: wholeIn({ least: 1 }),
    targets: arrayOf(expectText, "an array of strings"),
    signal: signalCheck,
  },
);

/**
 * The most probable tokens for the mask in a text, the most probable first. Of a text that is longer than the model reads,
 * the part around the mask is read.
 *
 * @throws TypeError if the model has no masked language model head; RangeError unless the text has exactly one mask, or
 *   for a target that is not one token
 */
export async function fillMask(
  pretrained: Loaded | InWorker,
  text: string,
  options: FillMaskOptions = {},
): Promise<Filling[]> {
  if (isInWorker(pretrained)) return runThere(pretrained, "fillMask", [text, options]);
  const model = headedOf("fillMask", pretrained, "maskedLanguageModel");
  expectText("fillMask", "text", text);
  checkOptions("fillMask", options, checks);
  const { tokenizer } = pretrained;
  const { mask } = tokenizer.special;
  if (mask === undefined) throw new TypeError("fillMask: the tokenizer has no mask token");
  const { ids: whole } = tokenizer.encode(text);
  const masks = whole.filter((id) => id === mask).length;
  if (masks !== 1)
    throw new RangeError(`fillMask: the text has ${masks} masks; write ${tokenizer.idToToken(mask)} exactly once`);
  const targets = options.targets?.map((target, i) => targetOf(tokenizer, target, i));
  const stride = model.limit >> 1;
  const window = around(mask, windowsOf("fillMask", { tokenizer, limit: model.limit }, text, { stride }));
  const [shares] = (await inBatches(pretrained, [window], {
    run: (ids, pass) => softmax(model.forward(ids, pass)),
    read: (numbers) => rowOf(numbers, window.ids.length, window.ids.indexOf(mask)),
    signal: options.signal,
  })) as [Float32Array];
  // A model may have more rows than the tokenizer has tokens, padded to a round size.
  const candidates = targets ?? Array.from({ length: Math.min(shares.length, tokenizer.vocabSize) }, (_, id) => id);
  return candidates
    .sort((a, b) => shares[b]! - shares[a]!)
    .slice(0, options.top ?? 5)
    .map((id) => ({
      token: tokenizer.idToToken(id) ?? "",
      id,
      score: shares[id]!,
      text: tokenizer.decode(whole.with(whole.indexOf(mask), id)),
    }));
}

/** The window with the most tokens on both sides of the mask. */
function around(mask: number, windows: readonly Encoding[]): Encoding {
  const margin = ({ ids }: Encoding): number => Math.min(ids.indexOf(mask), ids.length - 1 - ids.indexOf(mask));
  return windows
    .filter(({ ids }) => ids.includes(mask))
    .reduce((best, window) => (margin(window) > margin(best) ? window : best));
}

/** @throws RangeError unless the target is one token, as it stands in the vocabulary or after a space */
function targetOf(tokenizer: Tokenizer, target: string, i: number): number {
  const known = tokenizer.tokenToId(target);
  if (known !== undefined) return known;
  const { ids } = tokenizer.encode(target, { special: false });
  if (ids.length === 1 && ids[0] !== tokenizer.special.unk) return ids[0]!;
  throw new RangeError(
    `fillMask: targets[${i}] "${target}" is not one token of the vocabulary; it is encoded as ${JSON.stringify(ids.map((id) => tokenizer.idToToken(id)))}`,
  );
}

/** The numbers of one position of [seq, size]. */
function rowOf(numbers: Float32Array, seq: number, place: number): Float32Array {
  const size = numbers.length / seq;
  return numbers.subarray(place * size, (place + 1) * size);
}
