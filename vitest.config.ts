import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

const source = (path: string) => fileURLToPath(new URL(`./src/${path}`, import.meta.url));

/** Files that change what a process shares, such as its globals, threads and loaded modules: each has its own. */
const alone = [
  ...["current", "memory", "threads"].map((name) => `test/kernels/${name}.test.ts`),
  "test/testing/laws.test.ts",
  "test/checks/abort.test.ts",
];

/**
 * Files that turn on relaxed SIMD in V8, where it is behind a flag: it must not be on for all others. Those are the
 * files of the kernels, and whatever runs over all implementations.
 */
const test = fileURLToPath(new URL("./test/", import.meta.url));
const runsAll = (file: string): boolean => /kernels\/implementations"/.test(readFileSync(test + file, "utf8"));
const others = readdirSync(test, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".test.ts"));
const relaxed = [
  "test/kernels/**/*.test.ts",
  ...others.filter(runsAll).map((file) => `test/${file.replaceAll("\\", "/")}`),
];

/**
 * These share a process for each core, in which modules are loaded and compiled once: with one for each file, all tests
 * take half as long again. `test/shared.ts` checks that a file leaves the process as it found it.
 */
const shared = {
  isolate: false,
  setupFiles: ["test/shared.ts"],
  // The tests make many objects that are soon gone: with more room for them, they are collected less often.
  execArgv: ["--max-semi-space-size=64", "--min-semi-space-size=16"],
};

/** The slowest files, which start first: the last minute would otherwise have one core idle. */
const slowest = [
  ...["families/families", "families/config-fields", "examples/commands", "misuse/tasks", "docs/snippets"],
  ...["package/recipe", "families/mutations", "tokenizer/hostile", "constraints/json-schema", "models/gradients"],
  ...["package/bundle", "families/texts-apart", "families/faithful-families", "text/regex-bounds"],
];

class SlowestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const rank = ({ moduleId, project }: TestSpecification): number => {
      // A shared process ends when a file of another project is next.
      if (project.name !== "shared") return project.name === "alone" ? -2 : -1;
      const place = slowest.findIndex((name) => moduleId.endsWith(`${name}.test.ts`));
      return place < 0 ? slowest.length : place;
    };
    return sorted.sort((a, b) => rank(a) - rank(b));
  }
}

const tests = ["test/**/*.test.ts"];

/** @param mode of `vitest --mode`, which projects do not take over by themselves */
export const configFor = (mode: string) => ({
  resolve: {
    alias: [
      { find: /^transformer-blocks$/, replacement: source("index.ts") },
      // An entry point of one name is here the whole floor.
      { find: /^transformer-blocks\/(\w+)(?:\/\w+)?$/, replacement: source("$1/index.ts") },
    ],
  },
  test: {
    ...{ setupFiles: ["test/setup.ts"], testTimeout: 60_000 },
    // Every core: by default Vitest leaves one idle.
    maxWorkers: "100%",
    sequence: { sequencer: SlowestFirst },
    // What is a list here is added to that above.
    projects: [
      { extends: true as const, mode, test: { name: "alone", include: alone } },
      { extends: true as const, mode, test: { name: "relaxed", include: relaxed, exclude: alone, ...shared } },
      {
        extends: true as const,
        mode,
        test: { name: "shared", include: tests, exclude: [...alone, ...relaxed], ...shared },
      },
    ],
    // AssemblyScript runs in WebAssembly, where lines cannot be counted.
    coverage: {
      include: ["src/**/*.ts"],
      exclude: ["src/kernels/wasm/assembly/**"],
      reporter: ["text-summary", "html"],
    },
  },
});

export default defineConfig(({ mode }) => configFor(mode));
