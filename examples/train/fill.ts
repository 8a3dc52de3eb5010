/** Trains the encoder that fills in the demo's masked words and names the mood of a sentence: `npm run train:fill`. */
import {
  add,
  crossEntropy,
  fromPretrained,
  loadParameters,
  OutputHead,
  type Random,
  saveParameters,
  savePretrained,
} from "transformer-blocks";
import { lexicon, moods, type Passage, partOfPassage, passage } from "../grammar";
import { batchesByLength, padded } from "./by-length";
import { fillFigures } from "./fill-figures";
import { Filler, fillerConfig, labelFields } from "./filler";
import { run } from "./run";
import { wordTokenizer } from "./word-tokenizer";

const ROWS = 40;
/** One row in five is whole and of a mood; words of the others are masked. */
const MOOD_EVERY = 5;
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

const sizes = { vocabSize: tokenizer.vocabSize, padToken: id("[PAD]"), labels: moods.length };
const model = new Filler(sizes);

interface Row {
  ids: number[];
  /** The hidden words; none in a row that is whole. */
  targets: number[];
  /** The mood of a row that is whole. */
  mood: number;
}

/** A passage to train on, with about a fifth of its words masked, or whole and with a mood. */
function rowOf(source: Random, index: number): Row {
  const isWhole = index % MOOD_EVERY === 0;
  for (;;) {
    const { text, mood }: Passage = passage(() => source.next());
    if ((isWhole && mood === undefined) || partOfPassage(text) !== "training") continue;
    const ids = [...tokenizer.encode(text).ids];
    if (!isWhole) return { ids, targets: hideSome(ids, source), mood: IGNORED };
    return { ids, targets: ids.map(() => IGNORED), mood: moods.indexOf(mood!) };
  }
}

const rowsOf = batchesByLength({ name: "passages", rows: ROWS, draw: rowOf, lengthOf: ({ ids }) => ids.length });

interface Batch {
  ids: number[][];
  mask: number[][];
  targets: number[][];
  moods: number[];
}

function batch(index: number): Batch {
  const rows = rowsOf(index);
  const ids = rows.map((row) => row.ids);
  return {
    ids: padded(ids, id("[PAD]")),
    mask: padded(
      ids.map((row) => row.map(() => 1)),
      0,
    ),
    targets: padded(
      rows.map(({ targets }) => targets),
      IGNORED,
    ),
    moods: rows.map(({ mood }) => mood),
  };
}

/** Masks words of a row, at least one, and returns them in their places. @see Devlin et al. 2018, section 3.1 */
function hideSome(row: number[], source: Random): number[] {
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
  await savePretrained({ model: model.encoder, tokenizer, config: fillerConfig(sizes) }, folder);
  const head = { kind: "sequenceClass", labels: moods.length, seed: 1 } as const;
  const classifier = await fromPretrained(folder, { head });
  loadParameters(classifier.model.find("head", OutputHead), saveParameters(model.mood));
  await savePretrained({ ...classifier, config: { ...classifier.config, ...labelFields(moods) } }, folder);
  await savePretrained(await fromPretrained(folder, { head: "maskedLanguageModel" }), folder);
}

await run({
  name: "fill",
  model,
  write,
  learningRate: 3e-3,
  steps: 5000,
  batches: batch,
  loss: ({ ids, mask, targets, moods: wanted }, pass) => {
    const hidden = model.encoder.hidden(ids, { ...pass, mask });
    const masked = crossEntropy(model.encoder.head!.forward(hidden), targets);
    const hasMoods = wanted.some((mood) => mood !== IGNORED);
    return hasMoods ? add(masked, crossEntropy(model.mood.forward(hidden), wanted)) : masked;
  },
  figures: (folder) => fillFigures(folder, "choosing"),
});
