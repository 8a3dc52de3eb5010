/**
 * `npm run mutants`: plants mistakes one at a time and says which no test notices. `npm run mutants -- --mutate
 * src/training/clip.ts` looks at one file. Text is left alone: nearly all of it is messages, whose parts that matter the
 * tests name. What runs once at import cannot be switched per test, and is left out too.
 *
 * @type {import("@stryker-mutator/api/core").PartialStrykerOptions}
 */
export default {
  mutate: ["tensor", "blocks", "models", "generation", "training", "families", "checkpoint", "tasks"].map(
    (floor) => `src/${floor}/**/*.ts`,
  ),
  mutator: { excludedMutations: ["StringLiteral"] },
  ignoreStatic: true,
  testRunner: "vitest",
  vitest: { configFile: "vitest.mutants.config.ts" },
  coverageAnalysis: "perTest",
  // Vitest needs no types, and AssemblyScript is no TypeScript.
  disableTypeChecks: false,
  concurrency: 2,
  timeoutMS: 20_000,
  incremental: true,
  incrementalFile: ".stryker/incremental.json",
  reporters: ["clear-text", "progress", "json"],
  jsonReporter: { fileName: ".stryker/mutants.json" },
  clearTextReporter: { logTests: false, allowColor: false },
  tempDirName: ".stryker/sandbox",
  ignorePatterns: ["dist", "docs", "examples", "bench", ".stryker"],
  thresholds: { high: 95, low: 90, break: 85 },
};
