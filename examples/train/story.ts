/** Trains the decoder that writes the demo's stories: `npm run train:story`. */
import { crossEntropy, gpt, tensor } from "transformer-blocks";
import { heroes, looks, story, storyPieces } from "../grammar";
import { batchesByLength, padded } from "./by-length";
import { pieceTokenizer } from "./piece-tokenizer";
import { run } from "./run";
import { storyFigures } from "./story-figures";

const END = "<|endoftext|>";
const ROWS = 16;
const IGNORED = -100;

const tokenizer = pieceTokenizer(storyPieces(), END);
const end = tokenizer.tokenToId(END)!;

const D_MODEL = 128;
const model = gpt(
  {
    ...{ vocabSize: tokenizer.vocabSize, contextLength: 192, dModel: D_MODEL, heads: 4, layers: 3, endTokens: [end] },
    // Llama's blocks: with rotary positions, looking back for a name is learned in fewer steps.
    ...{
      position: "rotary",
      normalization: "rmsNorm",
      gated: true,
      activation: "silu",
      bias: false,
      dFeedForward: 288,
    },
    // Token vectors of length 1: short ones soon look alike for all names, and then cannot be copied.
    initialDeviation: 1 / Math.sqrt(D_MODEL),
  },
  { seed: 1 },
);

const rowsOf = batchesByLength({
  name: "stories",
  rows: ROWS,
  draw: (source) => [...tokenizer.encode(story(() => source.next())).ids, end],
  lengthOf: (row) => row.length,
});

/** A batch of stories: the input, and the next token at each position. */
function batch(index: number): { ids: number[][]; targets: number[][] } {
  const rows = rowsOf(index);
  return {
    ids: padded(rows, end).map((row) => row.slice(0, -1)),
    targets: padded(rows, IGNORED).map((row) => row.slice(1)),
  };
}

/** Names and colors count more: they are few of the words, but a story that mixes them up makes no sense. */
const WEIGHT = 4;
const copied = new Set([...heroes, ...looks].map(({ name }) => tokenizer.tokenToId(`Ġ${name}`)));
const weight = tensor(Array.from({ length: tokenizer.vocabSize }, (_, id) => (copied.has(id) ? WEIGHT : 1)));

await run({
  name: "story",
  model,
  tokenizer,
  learningRate: 3e-3,
  steps: 2600,
  weights: "float16",
  batches: batch,
  loss: ({ ids, targets }, pass) => crossEntropy(model.forward(ids, pass), targets, { weight }),
  figures: storyFigures,
});
