/** One block in a plain script: `npx tsx examples/block/index.ts`. */
import { concatenate, DecoderBlock, initialize, ones, random, slice, tensor } from "transformer-blocks";

const block = initialize(new DecoderBlock({ dModel: 8, heads: 2, norm: "pre" }), { seed: 1 });
console.log(block);

const x = tensor(random(1).normal(4 * 8), [1, 4, 8]); // [batch, seq, dModel]
const y = block.forward(x);
console.log("output:", y.shape.join(" × "));

const changed = concatenate([slice(x, { axis: 1, end: 3 }), ones([1, 1, 8])], { axis: 1 });
const z = block.forward(changed);
const differs = Array.from(
  { length: 4 },
  (_, i) => y.data.slice(i * 8, i * 8 + 8).join() !== z.data.slice(i * 8, i * 8 + 8).join(),
);
console.log("the last token was changed; outputs that differ:", differs.join(", "));
