import { defineConfig, mergeConfig } from "vitest/config";
import config from "./vitest.config";

/** The tests that run in the process and see the sources: what builds, packs or starts other programs is left out. */
export default mergeConfig(
  config,
  defineConfig({ test: { exclude: ["test/{bench,browser,docs,examples,package,tokenizer,types,kernels}/**"] } }),
);
