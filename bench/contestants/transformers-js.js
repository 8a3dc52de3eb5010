import { createRequire } from "node:module";
import { dirname } from "node:path";
import { pathToFileURL } from "node:url";
import { modelDirectory } from "../models/file.js";
import { vocabSizeOf } from "../models/sizes.js";
import { tokens } from "../random.js";

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

export async function encode({ model: name, batch, seq, threads }) {
  const { AutoModel, Tensor } = await open(threads);
  const model = await AutoModel.from_pretrained(modelDirectory(name), {
    ...{ dtype: "fp32", device: "auto" },
    session_options: { executionProviders: ["wasm"] },
  });
  const flat = tokens(batch, seq, vocabSizeOf(name)).flat();
  const ids = new Tensor("int64", BigInt64Array.from(flat, BigInt), [batch, seq]);
  let result;
  const repeat = async () => {
    result = await model({ ids });
  };
  return { repeat, check: () => result.hidden.data.slice(-8) };
}
