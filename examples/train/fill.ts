/** Trains the encoder that fills in the demo's masked words and names the mood of a sentence: `npm run train:fill`. */
import {
  add,
  bert,
  crossEntropy,
  fromPretrained,
  initialize,
  loadParameters,
  Module,
  OutputHead,
  Pooler,
  random,
  saveParameters,
  savePretrained,
} from "transformer-blocks";
import { isHeldOutPassage, lexicon, moods, type Passage, passage } from "../grammar";
import { fillFigures } from "./fill-figures";
import { run } from "./run";
import { wordTokenizer } from "./word-tokenizer";

const MASKED_ROWS = 32;
const MOOD_ROWS = 8;
const IGNORED = -100;

const { cloze: words } = lexicon();
const tokenizer = wordTokenizer({
  special: ["[UNK]", "[PAD]", "[CLS]", "[SEP]", "[MASK]"],
  words,
  lowercase: true,
  single: ["[CLS]", "$A", "[SEP]"],
  config: { unk_token: "[UNK]", pad_token: "[PAD]", cls_token: "[CLS]", sep_token: "[SEP]", mask_token: "[MASK]" },
});
const id = (token: string) => tokenizer.tokenToId(token)!;

const dModel = 64;
/** One body with two heads. */
class Filler extends Module {
  readonly encoder = bert(
    {
      ...{ vocabSize: tokenizer.vocabSize, contextLength: 64, dModel, heads: 4, layers: 3, initialDeviation: 0.1 },
      ...{ head: { kind: "maskedLanguageModel" }, padToken: id("[PAD]") },
    },
    { seed: 1 },
  );
  readonly mood = initialize(
    new OutputHead({ kind: "sequenceClass", dModel, labels: moods.length, pooler: new Pooler({ dModel }) }),
    { seed: 2 },
  );
}
const model = new Filler();

interface Batch {
  ids: number[][];
  mask: number[][];
  /** The hidden words; the rows after those with hidden words have none. */
  targets: number[][];
  /** The mood of each row that is whole. */
  moods: number[];
}

/** Passages that are not held out: some with about a fifth of their words masked, the others whole, with a mood. */
function batch(index: number): Batch {
  const source = random(1).stream(`cloze ${index}`);
  const draw = (isRight: (drawn: Passage) => boolean): Passage => {
    for (;;) {
      const drawn = passage(() => source.next());
      if (isRight(drawn) && !isHeldOutPassage(drawn.text)) return drawn;
    }
  };
  const masked = Array.from({ length: MASKED_ROWS }, () => draw(() => true));
  const whole = Array.from({ length: MOOD_ROWS }, () => draw(({ mood }) => mood !== undefined));
  const { ids, mask } = tokenizer.encodeBatch([...masked, ...whole].map(({ text }) => text));
  const targets = ids.map((row, r) => (r < MASKED_ROWS ? hideSome(row, source) : row.map(() => IGNORED)));
  const none = masked.map(() => IGNORED);
  return { ids, mask, targets, moods: [...none, ...whole.map(({ mood }) => moods.indexOf(mood!))] };
}

/** Masks words of a row, at least one, and returns them in their places. @see Devlin et al. 2018, section 3.1 */
function hideSome(row: number[], source: ReturnType<typeof random>): number[] {
  const places = row.flatMap((token, place) => (token > id("[MASK]") ? [place] : []));
  const surely = places[source.integer(places.length)]!;
  const hidden = new Set(places.filter((place) => place === surely || source.next() < 0.2));
  const targets = row.map((token, place) => (hidden.has(place) ? token : IGNORED));
  for (const place of hidden) if (source.next() < 0.9) row[place] = id("[MASK]");
  return targets;
}

/**
 * One directory for both: it opens with the head for masked words, and with the other one by `{ head: "sequenceClass" }`.
 * A model keeps the weights of the head that it was opened without, so each is saved with the other's.
 */
async function write(folder: string): Promise<void> {
  await savePretrained({ model: model.encoder, tokenizer }, folder);
  const head = { kind: "sequenceClass", labels: moods.length, seed: 1 } as const;
  const classifier = await fromPretrained(folder, { head });
  loadParameters(classifier.model.find("head", OutputHead), saveParameters(model.mood));
  const id2label = Object.fromEntries(moods.entries());
  const label2id = Object.fromEntries(moods.map((mood, i) => [mood, i]));
  await savePretrained({ ...classifier, config: { ...classifier.config, id2label, label2id } }, folder);
  await savePretrained(await fromPretrained(folder, { head: "maskedLanguageModel" }), folder);
}

await run({
  name: "fill",
  model,
  write,
  learningRate: 2e-3,
  steps: 1500,
  cycles: 2,
  batches: batch,
  loss: ({ ids, mask, targets, moods: wanted }, pass) => {
    const hidden = model.encoder.hidden(ids, { ...pass, mask });
    const masked = crossEntropy(model.encoder.head!.forward(hidden), targets);
    return add(masked, crossEntropy(model.mood.forward(hidden), wanted));
  },
  figures: fillFigures,
});
