/** Trains the encoder that fills in the demo's masked words: `npm run train:fill`. */
import { bert, crossEntropy, random } from "transformer-blocks";
import { cloze, lexicon } from "../grammar";
import { run } from "./run";
import { wordTokenizer } from "./word-tokenizer";

const ROWS = 32;
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

const model = bert(
  {
    ...{ vocabSize: tokenizer.vocabSize, contextLength: 64, dModel: 64, heads: 4, layers: 3 },
    ...{ head: { kind: "maskedLanguageModel" }, padToken: id("[PAD]") },
  },
  { seed: 1 },
);

interface Masked {
  ids: number[][];
  mask: number[][];
  targets: number[][];
}

/** Passages with about a sixth of their words masked, at least one each. @see Devlin et al. 2018, section 3.1 */
function batch(index: number): Masked {
  const source = random(1).stream(`cloze ${index}`);
  const { ids, mask } = tokenizer.encodeBatch(Array.from({ length: ROWS }, () => cloze(() => source.next())));
  const targets = ids.map((row) => row.map(() => IGNORED));
  ids.forEach((row, r) => {
    const words = row.flatMap((token, place) => (token > id("[MASK]") ? [place] : []));
    const surely = words[source.integer(words.length)]!;
    for (const place of words) {
      if (place !== surely && source.next() >= 0.15) continue;
      targets[r]![place] = row[place]!;
      row[place] = source.next() < 0.9 ? id("[MASK]") : row[place]!;
    }
  });
  return { ids, mask, targets };
}

await run({
  name: "fill",
  model,
  tokenizer,
  learningRate: 2e-3,
  steps: 1800,
  batches: batch,
  loss: ({ ids, mask, targets }, pass) => crossEntropy(model.forward(ids, { ...pass, mask }), targets),
});
