/** Trains the decoder that writes the demo's stories: `npm run train:story`. */
import { crossEntropy, gpt, random } from "transformer-blocks";
import { trainBpe } from "transformer-blocks/tokenizer";
import { story } from "../grammar";
import { run } from "./run";

const END = "<|endoftext|>";
const ROWS = 8;
const IGNORED = -100;

/** The nth story, the same on every machine. */
const storyAt = (n: number): string => {
  const source = random(1).stream(`story ${n}`);
  return story(() => source.next());
};

const tokenizer = trainBpe(
  Array.from({ length: 2000 }, (_, n) => storyAt(n)),
  { vocabSize: 1024, specialTokens: [END] },
);
const end = tokenizer.tokenToId(END)!;

const model = gpt(
  { vocabSize: tokenizer.vocabSize, contextLength: 160, dModel: 64, heads: 4, layers: 4, endTokens: [end] },
  { seed: 1 },
);

/** A batch of stories: the input, and the next token at each position. */
function batch(index: number): { ids: number[][]; targets: number[][] } {
  const rows = Array.from({ length: ROWS }, (_, row) => [...tokenizer.encode(storyAt(index * ROWS + row)).ids, end]);
  const length = Math.min(model.config.contextLength + 1, Math.max(...rows.map((row) => row.length)));
  const padded = (filler: number) => rows.map((row) => Array.from({ length }, (_, i) => row[i] ?? filler));
  return {
    ids: padded(end).map((row) => row.slice(0, -1)),
    targets: padded(IGNORED).map((row) => row.slice(1)),
  };
}

await run({
  name: "story",
  model,
  tokenizer,
  learningRate: 4e-3,
  steps: 1500,
  batches: batch,
  loss: ({ ids, targets }, pass) => crossEntropy(model.forward(ids, pass), targets),
});
