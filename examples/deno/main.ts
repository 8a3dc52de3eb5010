/** The storyteller in Deno: the same text as in Node, because the kernels are strict and there is a seed. */
import { fromPretrained, stream } from "transformer-blocks";
import { kernelInfo, strictKernels, useKernels } from "transformer-blocks/kernels";

useKernels(strictKernels());
const story = await fromPretrained(new URL("../models/story", import.meta.url));
let text = "Once upon a time";
for await (const piece of stream(story, text, { maxNewTokens: 40, temperature: 0.8, topP: 0.9, seed: 7 }))
  text += piece;
console.log(text);
console.log(`kernels: ${kernelInfo().name}`);
