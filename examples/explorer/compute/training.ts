import { crossEntropy, type DecoderModel, generate, gpt } from "transformer-blocks";
import { characterTokenizer, type Tokenizer } from "transformer-blocks/tokenizer";
import { adamW, train, warmupCosine } from "transformer-blocks/training";

/** Characters that the small model sees at once. */
const CONTEXT = 24;
const ROWS = 8;
const LEAST_CHARACTERS = 2 * CONTEXT;
/** More characters would not be seen in so few steps. */
export const MOST_CHARACTERS = 5000;

export interface Pupil {
  model: DecoderModel;
  tokenizer: Tokenizer;
  ids: number[];
}

/**
 * A new model with random parameters for the characters of a text.
 *
 * @returns a sentence instead if the text cannot be learned from
 */
export function pupilFor(text: string): Pupil | string {
  const characters = [...text].slice(0, MOST_CHARACTERS);
  if (characters.length < LEAST_CHARACTERS)
    return `Give the model at least ${LEAST_CHARACTERS} characters to learn from; these are ${characters.length}.`;
  const part = characters.join("");
  const tokenizer = characterTokenizer([part]);
  const sizes = { vocabSize: tokenizer.vocabSize, contextLength: CONTEXT, dModel: 32, heads: 4, layers: 2 };
  return { model: gpt(sizes, { seed: 1 }), tokenizer, ids: tokenizer.encode(part).ids };
}

/** Rows of characters from places that depend only on the number of the batch. */
export function batchOf({ ids }: Pupil, index: number): { ids: number[][]; targets: number[][] } {
  const places = Array.from({ length: ROWS }, (_, row) => ((index * ROWS + row) * 7919) % (ids.length - CONTEXT));
  return {
    ids: places.map((place) => ids.slice(place, place + CONTEXT)),
    targets: places.map((place) => ids.slice(place + 1, place + 1 + CONTEXT)),
  };
}

export interface Lesson {
  steps: number;
  signal: AbortSignal;
  onLoss(loss: number, step: number): void | Promise<void>;
}

/** Trains for some steps. The page stays responsive: other work runs after each step. */
export async function teach(pupil: Pupil, { steps, signal, onLoss }: Lesson): Promise<void> {
  const { model } = pupil;
  await train(model, {
    ...{ steps, signal, clip: 1, seed: 1 },
    batches: (index) => batchOf(pupil, index),
    loss: ({ ids, targets }, pass) => crossEntropy(model.forward(ids, pass), targets),
    optimizer: adamW(model, { learningRate: 1e-2, betas: [0.9, 0.98] }),
    schedule: warmupCosine({ warmup: Math.ceil(steps / 20), steps, minimum: 0.05 }),
    onStep: ({ step, loss }) => onLoss(loss, step),
  });
}

/** What the model writes after the first characters of its text. */
export async function recital({ model, tokenizer, ids }: Pupil, length: number): Promise<string> {
  const start = ids.slice(0, 4);
  let row = start;
  // The context is short: it is the last characters each time.
  while (row.length < start.length + length) {
    const { sequences } = await generate(model, [row.slice(-CONTEXT + 8)], { maxNewTokens: 8, temperature: 0 });
    row = [...row, ...sequences[0]!.slice(-8)];
  }
  return tokenizer.decode(row);
}
