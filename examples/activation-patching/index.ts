/** Where a model keeps a name: `npx tsx examples/activation-patching/index.ts`. */
import { fileURLToPath } from "node:url";
import { DecoderModel, fromPretrained, type Tensor } from "transformer-blocks";
import { inspect, onlyAt, type Patches, patch } from "transformer-blocks/inspect";
import { heatMap } from "../show/heat";
import { visible } from "../show/print";

const story = (name: string) =>
  `Once upon a time there was a kind girl named ${name} who lived on a green hill. Her best friend was a boy named Adam, who went away alone every evening with some bread.`;
const [here, there] = ["Julia", "Anna"];

const source = fileURLToPath(new URL("../models/story", import.meta.url));
const { model, tokenizer } = await fromPretrained(source, { model: DecoderModel });
const [ids, others] = [story(here), story(there)].map((text) => tokenizer.encode(text).ids) as [number[], number[]];
const [token, other] = [here, there].map((name) => tokenizer.encode(` ${name}`, { special: false }).ids[0]!);

/** How much likelier the first name is than the second, after the text. */
const preference = (logits: Tensor): number => {
  const last = logits.data.subarray(-model.config.vocabSize);
  return last[token!]! - last[other!]!;
};

// The text with the first name runs once, and everything is kept. Each run with the second name gets one part of it.
const run = (pass: object) => model.forward([others], pass);
const sites = ["blocks.*.output", "blocks.*.attention.heads"];
const { output, record } = inspect(model, (pass) => model.forward([ids], pass), { sites });
const [most, least] = [preference(output), preference(run({}))];
const restored = (patches: Patches) => (preference(patch(model, run, patches)) - least) / (most - least);

console.log(
  `"${story(here)}"\nPrefers ${here} to ${there} by ${most.toFixed(2)}; with ${there} in the text, by ${least.toFixed(2)}.\n`,
);
console.log(
  `How much of the difference comes back with the residual stream of one place from the text with ${here}:\n`,
);
const labels = ids.map((id) => visible(tokenizer.decode([id])));
const stream = ids.map((_, position) =>
  model.blocks.map((_, layer) => restored({ [`blocks.${layer}.output`]: onlyAt({ positions: [position] }, record) })),
);
const shown = ids.flatMap((_, position) => (Math.max(...stream[position]!.map(Math.abs)) > 0.05 ? [position] : []));
const columns = model.blocks.map((_, layer) => `L${layer}`).join(" ");
heatMap(
  shown.map((position) => labels[position]!),
  shown.map((position) => stream[position]!),
  columns,
);

console.log("\nThe same with one head at the last place:\n");
const heads = Array.from({ length: record.get("blocks.0.attention.heads")!.shape[2]! }, (_, head) => head);
const byHead = heads.map((head) =>
  model.blocks.map((_, layer) =>
    restored({ [`blocks.${layer}.attention.heads`]: onlyAt({ heads: [head], positions: [-1] }, record) }),
  ),
);
heatMap(
  heads.map((head) => `head ${head}`),
  byHead,
  columns,
);
