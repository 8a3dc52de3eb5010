import { worksOf } from "./onnxruntime.js";

export const { attention, convolution, decode, encode, matmul, operation, prefill } = worksOf(async (threads) => {
  const runtime = await import("onnxruntime-node").then((module) => module.default ?? module);
  return { runtime, options: { executionProviders: ["cpu"], intraOpNumThreads: threads, interOpNumThreads: 1 } };
});
