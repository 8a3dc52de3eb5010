import { defineConfig, mergeConfig } from "vitest/config";
import config from "./vitest.config";

/** The tests that run in the process and see the sources: what builds, packs or starts other programs is left out, and so is what measures the stack. */
export default mergeConfig(
  config,
  defineConfig({
    test: {
      exclude: [
        "test/{bench,browser,docs,examples,fuzz,package,tokenizer,types,kernels}/**",
        "test/families/hostile-files.test.ts",
      ],
    },
  }),
);
