import { createRequire } from "node:module";
import { dirname } from "node:path";
import { pathToFileURL } from "node:url";
import { dtypes, modelDirectory } from "../models/directory.js";
import { vocabSizeOf } from "../models/sizes.js";
import { tokens } from "../random.js";
import { promptOf, sentences } from "../texts.js";

/** transformers.js uses its native runtime in Node by default; here it uses its WebAssembly runtime for pages. */
async function open(threads) {
  const require = createRequire(import.meta.resolve("@huggingface/transformers"));
  const runtime = require("onnxruntime-web");
  runtime.env.wasm.numThreads = threads;
  // Otherwise it would download them.
  runtime.env.wasm.wasmPaths = `${pathToFileURL(dirname(require.resolve("onnxruntime-web")))}/`;
  globalThis[Symbol.for("onnxruntime")] = runtime;
  const transformers = await import("@huggingface/transformers");
  transformers.env.allowRemoteModels = false;
  return transformers;
}

const settings = (weights) => ({
  ...{ dtype: dtypes[weights][0], device: "auto" },
  session_options: { executionProviders: ["wasm"] },
});

export async function encode({ model: name, weights = "float32", batch, seq, threads }) {
  const { AutoModel, Tensor } = await open(threads);
  const model = await AutoModel.from_pretrained(modelDirectory(name, weights), settings(weights));
  const flat = tokens(batch, seq, vocabSizeOf(name)).flat();
  const input_ids = new Tensor("int64", BigInt64Array.from(flat, BigInt), [batch, seq]);
  let result;
  const repeat = async () => {
    result = await model({ input_ids });
  };
  return { repeat, check: () => result.last_hidden_state.data.slice(-8) };
}

/** Text in, text out. */
export async function writing({ model: name, weights = "float32", count, threads }) {
  const { pipeline } = await open(threads);
  const write = await pipeline("text-generation", modelDirectory(name, weights), settings(weights));
  const prompt = promptOf(name);
  let text;
  const repeat = async () => {
    const options = { max_new_tokens: count, do_sample: false, return_full_text: false };
    text = (await write(prompt, options))[0].generated_text;
  };
  return { repeat, check: () => letters(text) };
}

/** Vectors of sentences: in one batch, or in batches of sentences of similar lengths. */
export async function embedding(task) {
  const { model: name, weights = "float32", count, batchSize = count } = task;
  const { pipeline } = await open(task.threads);
  const extract = await pipeline("feature-extraction", modelDirectory(name, weights), settings(weights));
  const texts = sentences(task);
  let last;
  const repeat = async () => {
    const order = batchSize < count ? texts.toSorted((a, b) => a.length - b.length) : texts;
    for (let at = 0; at < count; at += batchSize) {
      const batch = order.slice(at, at + batchSize);
      const { data, dims } = await extract(batch, { pooling: "mean", normalize: true });
      const place = batch.indexOf(texts[count - 1]);
      if (place >= 0) last = data.slice(place * dims[1], place * dims[1] + 8);
    }
  };
  return { repeat, check: () => last };
}

const letters = (text) => Array.from(text, (letter) => letter.codePointAt(0));
