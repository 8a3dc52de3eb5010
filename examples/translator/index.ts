/** An encoder-decoder that translates words into digits: `npx tsx examples/translator/index.ts`. */
import { crossEntropy, encoderDecoder, translate } from "transformer-blocks";
import { characterTokenizer } from "transformer-blocks/tokenizer";
import { adamW, train, warmupCosine } from "transformer-blocks/training";

const ones = ["", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];
const tens = ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];

/** Numbers with one to three digits, without those between ten and twenty. */
const pairs = Array.from({ length: 999 }, (_, i) => String(i + 1))
  .filter((target) => target.at(-2) !== "1")
  .map((target) => {
    const [hundred, ten, one] = target.padStart(3, "0").split("").map(Number) as [number, number, number];
    const words = [hundred ? `${ones[hundred]} hundred` : "", tens[ten]!, ones[one]!];
    return { source: words.filter(Boolean).join(" "), target };
  });
const heldOut = pairs.filter((_, i) => i % 15 === 3);
const known = pairs.filter((_, i) => i % 15 !== 3);

const steps = Number(process.argv[2] ?? 400);
const [start, end, ignored] = [0, 1, -100];
const tokenizer = characterTokenizer(
  pairs.flatMap(({ source, target }) => [source, target]),
  { specialTokens: ["<start>", "<end>"] },
);
const sizes = { vocabSize: tokenizer.vocabSize, contextLength: 32, dModel: 32, heads: 4, layers: 2, dFeedForward: 64 };
const model = encoderDecoder({ ...sizes, startToken: start, endTokens: [end] }, { seed: 1 });

/** Rows of one length, padded at the end. */
const padded = (rows: number[][], filler: number) => {
  const longest = Math.max(...rows.map(({ length }) => length));
  return rows.map((row) => [...row, ...Array<number>(longest - row.length).fill(filler)]);
};

await train<typeof pairs>(model, {
  batches: (_, rng) => Array.from({ length: 24 }, () => known[rng.integer(known.length)]!),
  loss: (batch, pass) => {
    const sources = batch.map(({ source }) => tokenizer.encode(source).ids);
    const targets = batch.map(({ target }) => [...tokenizer.encode(target).ids, end]);
    const mask = padded(
      sources.map((row) => row.map(() => 1)),
      0,
    ); // 0 for padding
    const shifted = targets.map((row) => [start, ...row.slice(0, -1)]); // the decoder sees what came before
    const logits = model.forward(padded(sources, end), padded(shifted, end), { ...pass, mask });
    return crossEntropy(logits, padded(targets, ignored));
  },
  optimizer: adamW(model, { learningRate: 0.004, betas: [0.9, 0.98] }),
  schedule: warmupCosine({ warmup: Math.ceil(steps / 10), steps, minimum: 0.05 }),
  steps,
  clip: 1,
  onStep: ({ step, loss }) => {
    if (step % 100 === 0 || step === steps - 1) console.log(`step ${step}: loss ${loss.toFixed(3)}`);
  },
});

let right = 0;
for (const [i, { source, target }] of heldOut.entries()) {
  const said = await translate({ model, tokenizer }, source, { maxNewTokens: 4 });
  if (said === target) right++;
  if (i % 20 === 0) console.log(`${source} → ${said}`);
}
console.log(`${right} of ${heldOut.length} held-out numbers are right`);
