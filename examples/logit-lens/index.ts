/** What each layer would say next, in a terminal: `npx tsx examples/logit-lens/index.ts "Once upon a time"`. */
import { fileURLToPath } from "node:url";
import { DecoderModel, fromPretrained, softmax } from "transformer-blocks";
import { logitLens } from "transformer-blocks/inspect";
import { percent, visible } from "../show/print";

const text = process.argv.slice(2).join(" ").trim() || "Once upon a time there was a";
const source = fileURLToPath(new URL("../models/story", import.meta.url));
const { model, tokenizer } = await fromPretrained(source, { model: DecoderModel });
const { ids } = tokenizer.encode(text);

const layers = logitLens(model, [ids]).map(({ logits }) => softmax(logits));
const WIDTH = 22;
console.log(`${"".padEnd(14)}${layers.map((_, layer) => `layer ${layer + 1}`.padEnd(WIDTH)).join("")}`);
for (const [position, id] of ids.entries()) {
  const said = layers.map(({ data }) => {
    const shares = data.subarray(position * model.config.vocabSize, (position + 1) * model.config.vocabSize);
    const best = shares.reduce((most, share, token) => (share > shares[most]! ? token : most), 0);
    return `${visible(tokenizer.decode([best], { skipSpecial: false })).padEnd(12)}${percent(shares[best]!)}`;
  });
  const token = visible(tokenizer.decode([id], { skipSpecial: false }));
  console.log(`${token.padEnd(14)}${said.map((cell) => cell.padEnd(WIDTH)).join("")}`);
}
