/**
 * How `npm run mutants` plants mistakes in one floor; scripts/mutants runs it for each. Text is left alone: nearly all of
 * it is messages, whose parts that matter the tests name. What runs once at import cannot be switched per test, and is
 * left out too.
 *
 * @type {import("@stryker-mutator/api/core").PartialStrykerOptions}
 */
const floor = process.env.MUTANTS_FLOOR;
export default {
  mutate: (process.env.MUTANTS_FILES ?? `src/${floor}/**/*.ts`).split(","),
  mutator: { excludedMutations: ["StringLiteral"] },
  plugins: ["@stryker-mutator/*", "./scripts/mutants/plugins.mjs"],
  ignorers: ["sample"],
  ignoreStatic: true,
  testRunner: "vitest",
  vitest: { configFile: "vitest.mutants.config.ts", related: false },
  coverageAnalysis: "perTest",
  // Vitest needs no types, and AssemblyScript is no TypeScript.
  disableTypeChecks: false,
  concurrency: Number(process.env.MUTANTS_CONCURRENCY ?? 2),
  timeoutMS: 20_000,
  incremental: true,
  incrementalFile: `.stryker/${floor}.incremental.json`,
  reporters: ["progress", "survivors", "json"],
  jsonReporter: { fileName: `.stryker/${floor}.json` },
  tempDirName: ".stryker/sandbox",
  ignorePatterns: ["dist", "docs", "examples", "bench", ".stryker"],
  thresholds: { high: 95, low: 90, break: 85 },
};
