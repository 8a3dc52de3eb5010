import { generate, generateStream } from "../../dist/generation.js";
import * as library from "../../dist/kernels.js";
import { matmul as product, tensor } from "../../dist/tensor.js";
import { buildModel } from "../models/build.js";
import { noise, tokens } from "../random.js";
import { take } from "./take.js";

/** What the kernels say of themselves, for the table. */
async function kernelsFor(threads) {
  if (library.useThreads) await library.useThreads(threads);
  else if (threads > 1) return { cannot: "these kernels have one thread" };
  return { note: library.kernelInfo().name };
}

/** A task's preparation, told what the kernels are, unless they cannot. */
export const withKernels = (prepare) => async (task) => {
  const { cannot, note } = await kernelsFor(task.threads);
  return cannot ? { cannot } : { note, ...(await prepare(task)) };
};

export const matmul = withKernels(({ m, k, n }) => {
  const x = tensor(noise(m * k), [m, k]);
  const w = tensor(noise(k * n, 2), [k, n]);
  let y;
  const repeat = async () => {
    y = product(x, w);
    await y.read();
  };
  return { repeat, check: async () => (await y.read()).slice(0, 8) };
});

export const encode = withKernels(({ model: name, batch, seq }) => {
  const model = buildModel(name);
  const ids = tokens(batch, seq, model.config.vocabSize);
  let hidden;
  const repeat = async () => {
    hidden = model.forward(ids);
    await hidden.read();
  };
  return { repeat, check: async () => (await hidden.read()).slice(-8) };
});

export const decode = withKernels(({ model: name, prompt, count, context }) => {
  const model = buildModel(name);
  const ids = tokens(1, prompt, model.config.vocabSize);
  return take(async function* () {
    for await (const { id } of generateStream(model, ids, { maxNewTokens: context - prompt })) yield id;
  }, count);
});

export const prefill = withKernels(({ model: name, prompt }) => {
  const model = buildModel(name);
  const ids = tokens(1, prompt, model.config.vocabSize);
  let next;
  const repeat = async () => {
    const { sequences } = await generate(model, ids, { maxNewTokens: 1 });
    next = sequences[0].at(-1);
  };
  return { repeat, check: () => [next] };
});
