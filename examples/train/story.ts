/** Trains the decoder that writes the demo's stories: `npm run train:story`. */
import { crossEntropy, gpt, random, tensor } from "transformer-blocks";
import { heroes, looks, story, storyPieces } from "../grammar";
import { pieceTokenizer } from "./piece-tokenizer";
import { run } from "./run";

const END = "<|endoftext|>";
const ROWS = 16;
/** Batches whose stories are drawn together, and put into batches by length, so that little is padded. */
const TOGETHER = 8;
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

/** Some batches of stories, each of similar length, in a random order. */
function batchesOf(group: number): number[][][] {
  const source = random(1).stream(`stories ${group}`);
  const draw = () => source.next();
  const rows = Array.from({ length: ROWS * TOGETHER }, () => [...tokenizer.encode(story(draw)).ids, end]);
  rows.sort((a, b) => a.length - b.length);
  const batches = Array.from({ length: TOGETHER }, (_, i) => rows.slice(i * ROWS, (i + 1) * ROWS));
  return batches
    .map((batch) => ({ batch, at: source.next() }))
    .sort((a, b) => a.at - b.at)
    .map(({ batch }) => batch);
}

let drawn: { group: number; batches: number[][][] } = { group: -1, batches: [] };

/** A batch of stories: the input, and the next token at each position. */
function batch(index: number): { ids: number[][]; targets: number[][] } {
  const group = Math.floor(index / TOGETHER);
  if (drawn.group !== group) drawn = { group, batches: batchesOf(group) };
  const rows = drawn.batches[index % TOGETHER]!;
  const length = Math.max(...rows.map((row) => row.length));
  const padded = (filler: number) => rows.map((row) => Array.from({ length }, (_, i) => row[i] ?? filler));
  return {
    ids: padded(end).map((row) => row.slice(0, -1)),
    targets: padded(IGNORED).map((row) => row.slice(1)),
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
});
