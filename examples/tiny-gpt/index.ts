/** A GPT trained from scratch, letter by letter: `npx tsx examples/tiny-gpt/index.ts`. */
import { complete, countParameters, crossEntropy, gpt } from "transformer-blocks";
import { characterTokenizer } from "transformer-blocks/tokenizer";
import { adamW, train, warmupCosine } from "transformer-blocks/training";

const text = `This is the house that Jack built.
This is the malt that lay in the house that Jack built.
This is the rat that ate the malt that lay in the house that Jack built.
This is the cat that killed the rat that ate the malt that lay in the house that Jack built.
This is the dog that worried the cat that killed the rat that ate the malt that lay in the house that Jack built.
`;

const [contextLength, rows] = [64, 8];
const steps = Number(process.argv[2] ?? 400);
const tokenizer = characterTokenizer([text]);
const { ids } = tokenizer.encode(text);

const model = gpt({ vocabSize: tokenizer.vocabSize, contextLength, dModel: 32, heads: 4, layers: 2 }, { seed: 1 });
console.log(`${countParameters(model)} parameters, ${tokenizer.vocabSize} letters`);

await train<number[][]>(model, {
  // Pieces of the text, each with one letter more than the model sees: the last one it has to guess.
  batches: (_, rng) =>
    Array.from({ length: rows }, () => {
      const start = rng.integer(ids.length - contextLength);
      return ids.slice(start, start + contextLength + 1);
    }),
  loss: (batch, pass) => {
    const logits = model.forward(
      batch.map((row) => row.slice(0, -1)),
      pass,
    );
    return crossEntropy(
      logits,
      batch.map((row) => row.slice(1)),
    );
  },
  optimizer: adamW(model, { learningRate: 0.005, weightDecay: 0.1, decays: (_, { rank }) => rank > 1 }),
  schedule: warmupCosine({ warmup: Math.ceil(steps / 10), steps, minimum: 0.1 }),
  steps,
  clip: 1,
  onStep: ({ step, loss }) => {
    if (step % 100 === 0 || step === steps - 1) console.log(`step ${step}: loss ${loss.toFixed(2)}`);
  },
});

const prompt = "This is the ";
console.log(prompt + (await complete({ model, tokenizer }, prompt, { maxNewTokens: 50, temperature: 0.3, seed: 1 })));
