import { generate, generateStream, PrefixCache } from "../../dist/generation.js";
import { buildModel } from "../models/build.js";
import { tokens } from "../random.js";
import { take } from "./take.js";
import { withKernels } from "./with-kernels.js";
import { withWeights } from "./with-weights.js";

export const decode = withKernels(({ model: name, weights, prompt, count, context }) => {
  const model = withWeights(buildModel(name), weights);
  const ids = tokens(1, prompt, model.config.vocabSize);
  return take(async function* () {
    for await (const { id } of generateStream(model, ids, { maxNewTokens: context - prompt })) yield id;
  }, count);
});

export const prefill = withKernels(({ model: name, weights, prompt }) => {
  const model = withWeights(buildModel(name), weights);
  const ids = tokens(1, prompt, model.config.vocabSize);
  let next;
  const repeat = async () => {
    const { sequences } = await generate(model, ids, { maxNewTokens: 1 });
    next = sequences[0].at(-1);
  };
  return { repeat, check: () => [next] };
});

/** Turns with other new tokens each time, after the same text. */
export const turns = withKernels(async ({ model: name, held, added, keeps }) => {
  const model = buildModel(name);
  const { vocabSize } = model.config;
  const [text] = tokens(1, held, vocabSize);
  const cache = keeps ? new PrefixCache() : undefined;
  const read = (ids) => generate(model, [ids], { maxNewTokens: 1, cache });
  await read(text);
  let turn = 0;
  const repeat = async () => {
    turn++;
    await read([...text, ...Array.from({ length: added }, (_, i) => (7 * i + turn) % vocabSize)]);
  };
  return { repeat };
});

/** Text after text, each in a new context: measures what stays on the heap after garbage collection. */
export const endurance = withKernels(({ model: name, count, context }) => {
  const model = buildModel(name);
  const ids = tokens(1, 1, model.config.vocabSize);
  const held = async () => {
    globalThis.gc();
    // Memory is released one turn after its owner is collected.
    await new Promise((resolve) => setTimeout(resolve));
    globalThis.gc();
    const { heapUsed, external } = process.memoryUsage();
    return heapUsed + external;
  };
  let warm;
  const repeat = async () => {
    for (let left = count; left > 0; left -= context - 1)
      await generate(model, ids, { maxNewTokens: Math.min(left, context - 1) });
    const now = await held();
    warm ??= now;
    return { grown: now - warm };
  };
  return { repeat };
});
