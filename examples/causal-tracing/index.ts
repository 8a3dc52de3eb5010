/** Causal tracing: `npx tsx examples/causal-tracing/index.ts`. */
import { fileURLToPath } from "node:url";
import { add, DecoderModel, fromPretrained, multiply, random, softmax, Tensor } from "transformer-blocks";
import { inspect, onlyAt, type Patches, patch } from "transformer-blocks/inspect";
import { heatMap } from "../show/heat";
import { visible } from "../show/print";

const text =
  "Once upon a time there was a kind girl named Julia who lived on a green hill. Her best friend was a boy named Adam, who went away alone every evening with some bread.";
const subject = " Julia";
const [SAMPLES, NOISE] = [4, 3];

const source = fileURLToPath(new URL("../models/story", import.meta.url));
const { model, tokenizer } = await fromPretrained(source, { model: DecoderModel });
const { ids } = tokenizer.encode(text);
const answer = tokenizer.encode(subject, { special: false }).ids[0]!;
const place = ids.indexOf(answer);

const run = (pass: object) => model.forward([ids], pass);
const { output, record } = inspect(model, run, { sites: ["embedding", "blocks.*.output"] });
const probability = (logits: Tensor): number => softmax(logits).data.at(answer - model.config.vocabSize)!;

// Noise of three times the vectors' deviation, drawn anew for each sample, takes the name away.
const { data, shape } = record.get("embedding")!;
const deviation = Math.sqrt(data.reduce((sum, x) => sum + x * x, 0) / data.length);
const noises = Array.from({ length: SAMPLES }, (_, seed) => {
  const noise = new Tensor(shape, random(seed).normal(data.length));
  return onlyAt({ positions: [place] }, (x) => add(x, multiply(noise, NOISE * deviation)) as Tensor);
});
const mean = (patches: Patches): number =>
  noises.reduce((sum, embedding) => sum + probability(patch(model, run, { embedding, ...patches })), 0) / SAMPLES;

const [clean, corrupted] = [probability(output), mean({})];
console.log(`"${text}"\n`);
console.log(
  `The next word is ${subject.trim()} with ${(100 * clean).toFixed(1)} %; with noise on the name, ${(100 * corrupted).toFixed(1)} %.`,
);
console.log("How much comes back if one state is as it was without noise:\n");
const effects = ids.map((_, position) =>
  model.blocks.map((_, layer) => {
    const state = onlyAt({ positions: [position] }, record);
    return (mean({ [`blocks.${layer}.output`]: state }) - corrupted) / (clean - corrupted);
  }),
);
const shown = ids.flatMap((_, position) =>
  position >= place && Math.max(...effects[position]!) > 0.02 ? [position] : [],
);
const labels = shown.map((position) => visible(tokenizer.decode([ids[position]!])));
heatMap(
  labels,
  shown.map((position) => effects[position]!),
  model.blocks.map((_, layer) => `L${layer}`).join(" "),
);
