/** BERT gets a new head and is fine-tuned: `npx tsx examples/classifier/index.ts`. */
import { fileURLToPath } from "node:url";
import { classify, crossEntropy, EncoderModel, fromPretrained } from "transformer-blocks";
import { adamW, train, warmupLinear } from "transformer-blocks/training";

const names = ["Tom", "Mia", "Anna", "Emil", "Lena", "Oscar"];
const warm = ["sat under a big tree, because the sun was hot", "swam in the lake", "saw flowers in the garden"];
const cold = ["put on a warm scarf, because snow fell", "sat by the fire", "saw that everything was white"];
const labelled = [warm, cold].flatMap((ends, label) =>
  ends.flatMap((end) => names.map((name) => ({ text: `${name} ${end}.`, label }))),
);
const asked = [
  "Hugo swam in the river, because it was hot.",
  "Hugo put on a hat, because it was cold.",
  "In winter snow fell.",
];

const steps = Number(process.argv[2] ?? 30);
const source = fileURLToPath(new URL("../models/fill", import.meta.url));
const head = { kind: "sequenceClass", labels: 2, seed: 1 } as const;
const reader = await fromPretrained(source, { model: EncoderModel, head });
const { model, tokenizer } = reader;

await train<typeof labelled>(model, {
  batches: (_, rng) => Array.from({ length: 12 }, () => labelled[rng.integer(labelled.length)]!),
  loss: (batch, pass) => {
    const { ids, mask } = tokenizer.encodeBatch(batch.map(({ text }) => text));
    const logits = model.forward(ids, { ...pass, mask }); // [batch, labels]
    return crossEntropy(
      logits,
      batch.map(({ label }) => label),
    );
  },
  optimizer: adamW(model, { learningRate: 0.002, freeze: ["embedding.**", "blocks.0.**"] }),
  schedule: warmupLinear({ warmup: Math.ceil(steps / 10), steps: steps + 1 }),
  steps,
  onStep: ({ step, loss }) => {
    if (step % 10 === 0 || step === steps - 1) console.log(`step ${step}: loss ${loss.toFixed(3)}`);
  },
});

for (const text of asked) {
  const [best] = await classify(reader, text);
  console.log(`${text} → ${best!.label === "LABEL_0" ? "warm" : "cold"}, ${Math.round(100 * best!.score)} %`);
}
