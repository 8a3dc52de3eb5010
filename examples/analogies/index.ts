/** Sums and differences of words: `npx tsx examples/analogies/index.ts king man woman`. */
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { tensor } from "transformer-blocks";
import { readSafetensors } from "transformer-blocks/checkpoint";
import { analogy, nearest } from "transformer-blocks/inspect";
import { loadTokenizer } from "transformer-blocks/tokenizer";

const folder = fileURLToPath(new URL("../models/words", import.meta.url));
const table = readSafetensors(await readFile(`${folder}/model.safetensors`)).tensors.get("embedding.weight")!;
const words = { vectors: tensor(table.toFloat32(), table.shape), tokenizer: await loadTokenizer(folder) };

const [a, b, c] = process.argv.slice(2);
const asked = c
  ? [[a!, b!, c] as const]
  : ([
      ["king", "man", "woman"],
      ["Paris", "France", "Italy"],
      ["walked", "walk", "swim"],
      ["mice", "mouse", "house"],
    ] as const);

for (const [first, second, third] of asked) {
  const found = analogy(words, first, second, third, { top: 3 });
  console.log(
    `${first} − ${second} + ${third} = ${found.map(({ word, similarity }) => `${word} ${similarity.toFixed(2)}`).join(", ")}`,
  );
}
console.log(
  `near "king": ${nearest(words, "king", { top: 5 })
    .map(({ word }) => word)
    .join(", ")}`,
);
