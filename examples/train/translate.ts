/** Trains the encoder-decoder that translates the demo's sentences into German: `npm run train:translate`. */
import { crossEntropy, encoderDecoder, random } from "transformer-blocks";
import { lexicon, partOfPair, sentencePair } from "../grammar";
import { run } from "./run";
import { wordTokenizer } from "./word-tokenizer";

const ROWS = 64;
const IGNORED = -100;

const { english, german } = lexicon();
const tokenizer = wordTokenizer({
  special: ["<unk>", "<pad>", "</s>"],
  words: [...english, ...german],
  lowercase: false,
  single: ["$A", "</s>"],
  config: { unk_token: "<unk>", pad_token: "<pad>", eos_token: "</s>" },
});
const [end, pad] = [tokenizer.tokenToId("</s>")!, tokenizer.tokenToId("<pad>")!];

const model = encoderDecoder(
  {
    ...{ vocabSize: tokenizer.vocabSize, contextLength: 48, dModel: 96, heads: 4, layers: 2, dFeedForward: 384 },
    // As in Marian's checkpoints, so that the model can be saved in their format.
    ...{ position: "sinusoidalHalves", headBias: true, endTokens: [end], padToken: pad, startToken: pad },
  },
  { seed: 1 },
);

interface Pairs {
  sources: number[][];
  mask: number[][];
  /** The decoder's input: the target shifted by one, after the start token. */
  targets: number[][];
  labels: number[][];
}

/** A pair to train on: the translator is measured by those it has never seen. */
function pairFor(draw: () => number): ReturnType<typeof sentencePair> {
  for (;;) {
    const pair = sentencePair(draw);
    if (partOfPair(pair) === "training") return pair;
  }
}

function batch(index: number): Pairs {
  const source = random(1).stream(`pairs ${index}`);
  const pairs = Array.from({ length: ROWS }, () => pairFor(() => source.next()));
  const { ids: sources, mask } = tokenizer.encodeBatch(pairs.map((pair) => pair.source));
  const { ids, mask: known } = tokenizer.encodeBatch(pairs.map((pair) => pair.target));
  return {
    sources,
    mask,
    targets: ids.map((row) => [pad, ...row.slice(0, -1)]),
    labels: ids.map((row, r) => row.map((id, i) => (known[r]![i] === 1 ? id : IGNORED))),
  };
}

await run({
  name: "translate",
  model,
  tokenizer,
  learningRate: 3e-3,
  steps: 1200,
  weights: "float16",
  batches: batch,
  loss: ({ sources, mask, targets, labels }, pass) =>
    crossEntropy(model.forward(sources, targets, { ...pass, mask }), labels),
});
