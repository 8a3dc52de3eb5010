import { defineConfig, mergeConfig } from "vitest/config";
import config from "./vitest.config";

const tests = process.env.MUTANTS_TESTS?.split(",") ?? [];

/** The tests of one floor. What measures the stack is left out: it measures the planted switches too. */
export default mergeConfig(
  { ...config, test: { ...config.test, include: [], projects: undefined } },
  defineConfig({
    test: {
      include: tests.flatMap((path) => [`test/${path}.test.ts`, `test/${path}/**/*.test.ts`]),
      // The last starts other programs, in which nothing is planted.
      exclude: ["test/families/hostile-files.test.ts", "test/checkpoint/saving/savers.test.ts"],
      // Twice as fast; with isolated files the results were the same.
      isolate: false,
    },
  }),
);
