import { type Checks, checkOptions, wholeIn } from "../checks";
import { softmax, type Tensor } from "../tensor";
import { encoderOf, expectText, type Loaded, passOf } from "./pretrained";

/** A token for the place of the mask. */
export interface Filling {
  token: string;
  id: number;
  /** Its probability, 0 to 1. */
  score: number;
  /** The text with the mask filled in, as the tokenizer writes it: normalized, without what it does not know. */
  text: string;
}

export interface FillMaskOptions {
  /** How many fillings; 5 unless given. */
  top?: number | undefined;
}

const checks: Checks<FillMaskOptions> = { top: wholeIn({ least: 1 }) };

/**
 * The tokens that a masked language model would write in place of the one mask in a text, the most probable first.
 *
 * @throws TypeError if the model has no masked language model head; RangeError if the text has not exactly one mask
 */
export async function fillMask(pretrained: Loaded, text: string, options: FillMaskOptions = {}): Promise<Filling[]> {
  const model = encoderOf("fillMask", pretrained, "maskedLanguageModel");
  expectText("fillMask", "text", text);
  checkOptions("fillMask", options, checks);
  const { tokenizer } = pretrained;
  const { mask } = tokenizer.special;
  if (mask === undefined) throw new TypeError("fillMask: the tokenizer has no mask token");
  const { ids, types } = tokenizer.encode(text);
  const places = ids.flatMap((id, place) => (id === mask ? [place] : []));
  if (places.length !== 1)
    throw new RangeError(
      `fillMask: the text has ${places.length} masks; write ${tokenizer.idToToken(mask)} in one place`,
    );
  const [place] = places as [number];
  // A model may have rows beyond the tokenizer's last token, for the sake of round sizes.
  const shares = await row(softmax(model.forward([ids], passOf(pretrained, types))), place);
  const probabilities = shares.subarray(0, tokenizer.vocabSize);
  return highest(probabilities, options.top ?? 5).map((id) => ({
    token: tokenizer.idToToken(id) ?? "",
    id,
    score: probabilities[id]!,
    text: tokenizer.decode(ids.with(place, id)),
  }));
}

/** The numbers of one position of the first text, [batch, seq, size]. */
async function row(x: Tensor, place: number): Promise<Float32Array> {
  const size = x.shape.at(-1)!;
  return (await x.read()).subarray(place * size, (place + 1) * size);
}

/** The places of the highest numbers, the highest first. */
function highest(numbers: Float32Array, count: number): number[] {
  return Array.from(numbers.keys())
    .sort((a, b) => numbers[b]! - numbers[a]!)
    .slice(0, count);
}
