import { type Checks, checkOptions } from "../checks";
import { reshape, softmax, type Tensor, transpose } from "../tensor";
import { expectText, headedOf, type Loaded, passOf } from "./pretrained";

export interface Answer {
  /** The answer, `context.slice(start, end)`. */
  text: string;
  /** The product of the start and end probabilities. */
  score: number;
  start: number;
  end: number;
}

/** A question and the context that contains the answer. */
export interface Question {
  question: string;
  context: string;
}

const checks: Checks<Question> = { question: expectText, context: expectText };

const LONGEST = 30; // tokens; answers are spans, not passages

/**
 * Finds the answer to a question in a context.
 *
 * @throws TypeError if the model has no question-answering head
 * @see Devlin et al. 2018 (arXiv 1810.04805), section 4.2
 */
export async function answer(pretrained: Loaded, asked: Question): Promise<Answer> {
  const model = headedOf("answer", pretrained, "questionAnswering");
  checkOptions("answer", asked, checks, ["question", "context"]);
  const { ids, types, offsets, special } = pretrained.tokenizer.encode(asked.question, { pair: asked.context });
  const ends = softmax(transpose(model.forward([ids], passOf(pretrained, types)))); // [1, 2, seq]
  const [starts, lasts] = await rows(ends, ids.length);
  const inContext = contextOf(pretrained.tokenizer, asked.question, types, special);
  let best = { score: -1, first: 0, last: 0 };
  for (let first = 0; first < ids.length; first++) {
    for (let last = first; last < Math.min(ids.length, first + LONGEST); last++) {
      const score = starts[first]! * lasts[last]!;
      if (inContext[first] && inContext[last] && score > best.score) best = { score, first, last };
    }
  }
  if (best.score < 0) throw new RangeError("answer: the context has no tokens; pass a longer one");
  const [start, end] = [offsets[best.first]![0], offsets[best.last]![1]];
  return { text: asked.context.slice(start, end), score: best.score, start, end };
}

/** Which tokens are the context's: those of type 1, or without types those after as many as the question has. */
function contextOf(
  tokenizer: Loaded["tokenizer"],
  question: string,
  types: readonly number[],
  special: readonly number[],
): boolean[] {
  if (types.includes(1)) return special.map((one, i) => types[i] === 1 && one === 0);
  let before = tokenizer.encode(question, { special: false }).ids.length;
  return special.map((one) => one === 0 && before-- <= 0);
}

const rows = async (x: Tensor, seq: number): Promise<[Float32Array, Float32Array]> => {
  const data = await reshape(x, [2, seq]).read();
  return [data.subarray(0, seq), data.subarray(seq)];
};
