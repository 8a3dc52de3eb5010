import { defineConfig, mergeConfig } from "vitest/config";
import { floors } from "./scripts/mutants/floors.mjs";
import config from "./vitest.config";

const tests: readonly string[] =
  Object.entries(floors).find(([floor]) => floor === process.env.MUTANTS_FLOOR)?.[1] ?? [];

/** The tests of one floor. What measures the stack is left out: it measures the planted switches too. */
export default mergeConfig(
  { ...config, test: { ...config.test, include: [] } },
  defineConfig({
    test: {
      include: tests.flatMap((path) => [`test/${path}.test.ts`, `test/${path}/**/*.test.ts`]),
      exclude: ["test/families/hostile-files.test.ts"],
      isolate: process.env.MUTANTS_ISOLATE !== "0",
    },
  }),
);
