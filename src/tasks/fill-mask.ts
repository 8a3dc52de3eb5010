import { type Checks, checkOptions, wholeIn } from "../checks";
import { knownAs, topSynonyms } from "../synonyms";
import { softmax, type Tensor } from "../tensor";
import { expectText, headedOf, type Loaded, passOf } from "./pretrained";

/** A token for the mask. */
export interface Filling {
  token: string;
  id: number;
  /** The probability, 0 to 1. */
  score: number;
  /** The text with the mask filled in, as the tokenizer decodes it: normalized, without unknown characters. */
  text: string;
}

export interface FillMaskOptions {
  /** How many fillings to return; 5 if omitted. */
  top?: number | undefined;
}

const checks: Checks<FillMaskOptions> = /* @__PURE__ */ knownAs(topSynonyms, { top: wholeIn({ least: 1 }) });

/**
 * The most probable tokens for the mask in a text, the most probable first.
 *
 * @throws TypeError if the model has no masked language model head; RangeError unless the text has exactly one mask
 */
export async function fillMask(pretrained: Loaded, text: string, options: FillMaskOptions = {}): Promise<Filling[]> {
  const model = headedOf("fillMask", pretrained, "maskedLanguageModel");
  expectText("fillMask", "text", text);
  checkOptions("fillMask", options, checks);
  const { tokenizer } = pretrained;
  const { mask } = tokenizer.special;
  if (mask === undefined) throw new TypeError("fillMask: the tokenizer has no mask token");
  const { ids, types } = tokenizer.encode(text);
  const places = ids.flatMap((id, place) => (id === mask ? [place] : []));
  if (places.length !== 1)
    throw new RangeError(
      `fillMask: the text has ${places.length} masks; write ${tokenizer.idToToken(mask)} exactly once`,
    );
  const [place] = places as [number];
  // A model may have more rows than the tokenizer has tokens, padded to a round size.
  const shares = await row(softmax(model.forward([ids], passOf(pretrained, types))), place);
  const probabilities = shares.subarray(0, tokenizer.vocabSize);
  return highest(probabilities, options.top ?? 5).map((id) => ({
    token: tokenizer.idToToken(id) ?? "",
    id,
    score: probabilities[id]!,
    text: tokenizer.decode(ids.with(place, id)),
  }));
}

/** The values at one position of the first text of [batch, seq, size]. */
async function row(x: Tensor, place: number): Promise<Float32Array> {
  const size = x.shape.at(-1)!;
  return (await x.read()).subarray(place * size, (place + 1) * size);
}

/** The indices of the largest numbers, largest first. */
function highest(numbers: Float32Array, count: number): number[] {
  return Array.from(numbers.keys())
    .sort((a, b) => numbers[b]! - numbers[a]!)
    .slice(0, count);
}
