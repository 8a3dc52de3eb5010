import { worksOf } from "./onnxruntime.js";
import { startOf } from "./start.js";

export const start = startOf("onnxruntime-web.js");

export const { attention, convolution, decode, encode, matmul, operation, prefill } = worksOf(async (threads) => {
  const runtime = await import("onnxruntime-web").then((module) => module.default ?? module);
  runtime.env.wasm.numThreads = threads;
  return { runtime, options: { executionProviders: ["wasm"] } };
});
