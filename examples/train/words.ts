/** Trains the word vectors of the demo by skip-gram with negative sampling: `npm run train:words`. */
import { mkdir, writeFile } from "node:fs/promises";
import { initialize, random } from "transformer-blocks";
import { writeSafetensors } from "transformer-blocks/checkpoint";
import { analogy } from "transformer-blocks/inspect";
import { tokenizerFromJson } from "transformer-blocks/tokenizer";
import { SkipGram, skipGramBatches } from "transformer-blocks/training";
import { type Analogy, analogies, analogyKinds, sentenceInWords, sentenceWords } from "../grammar";
import { run } from "./run";

const SENTENCES = 60_000;
const HELD_OUT = 5_000;
const UNKNOWN = "[UNK]";

const vocabulary = [UNKNOWN, ...[...sentenceWords()].sort()];
/** Words as they are: a name has a capital letter, and "The" is unknown. */
const tokenizer = tokenizerFromJson({
  version: "1.0",
  added_tokens: [
    { id: 0, content: UNKNOWN, special: true, normalized: false, single_word: false, lstrip: false, rstrip: false },
  ],
  pre_tokenizer: { type: "Whitespace" },
  model: {
    type: "WordLevel",
    vocab: Object.fromEntries(vocabulary.map((word, id) => [word, id])),
    unk_token: UNKNOWN,
  },
});

function texts(seed: number, count: number): number[][] {
  const source = random(seed);
  return Array.from({ length: count }, () => {
    const words = sentenceInWords(() => source.next());
    return words.map((word) => tokenizer.tokenToId(word)!);
  });
}

const near = { window: 5, negatives: 10, subsampling: 0.001 };
const model = initialize(new SkipGram({ vocabSize: vocabulary.length, dModel: 48 }), { seed: 1 });

/** The vectors of words as contexts are only needed in training. */
async function write(folder: string): Promise<void> {
  const { shape, data } = model.vectors.weight;
  await mkdir(folder, { recursive: true });
  await writeFile(`${folder}/model.safetensors`, writeSafetensors({ "embedding.weight": { shape, data } }));
  await writeFile(`${folder}/tokenizer.json`, `${JSON.stringify(tokenizer.toJson())}\n`);
}

/** The loss on other sentences, and how many analogies of each kind hold. */
async function figures(): Promise<Record<string, string>> {
  const heldOut = skipGramBatches(texts(2, HELD_OUT), { ...near, pairs: 20_000 })(0, random(2));
  const source = random(2).stream("analogies");
  const asked = analogies(() => source.next(), 500);
  const vectors = { vectors: model.vectors.weight, tokenizer };
  const holds = ({ words, expected }: Analogy) => analogy(vectors, ...words, { top: 1 })[0]?.word === expected;
  const share = (kind: string) => {
    const own = asked.filter((one) => one.kind === kind);
    return `${own.filter(holds).length} of ${own.length}`;
  };
  return {
    "held-out loss": model.loss(heldOut).item().toFixed(3),
    ...Object.fromEntries(analogyKinds.map((kind) => [`analogies of ${kind}`, share(kind)])),
  };
}

await run({
  name: "words",
  model,
  write,
  per: "pair",
  learningRate: 0.01,
  steps: 4000,
  batches: skipGramBatches(texts(1, SENTENCES), { ...near, pairs: 1024 }),
  loss: (batch) => model.loss(batch),
  figures,
});
