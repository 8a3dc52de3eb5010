import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

const source = (path: string) => fileURLToPath(new URL(`./src/${path}`, import.meta.url));

/**
 * Files that change what a process shares: the flags of V8, its globals, the modules that are loaded, threads. Each has
 * a process of its own. All others share a process for each core, so that modules are loaded and compiled once, which
 * halves the time of all tests; test/shared.ts checks that they leave the process as they found it.
 */
const alone = [
  "test/kernels/**/*.test.ts",
  "test/tensor/operations/edges.test.ts",
  "test/tensor/operations/attention-dropout.test.ts",
  "test/tensor/random/random-distribution.test.ts",
  "test/testing/laws.test.ts",
];

/** The slowest files, which start first: the last minute would otherwise have one core idle. */
const slowest = ["families/mutations", "bench/smoke", "examples/commands", "misuse/tasks", "families/config-fields"];

class SlowestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const rank = ({ moduleId, project }: TestSpecification): number => {
      // A shared process ends when a file that needs its own is next.
      if (project.name === "alone") return -1;
      const place = slowest.findIndex((name) => moduleId.endsWith(`${name}.test.ts`));
      return place < 0 ? slowest.length : place;
    };
    return sorted.sort((a, b) => rank(a) - rank(b));
  }
}

const tests = ["test/**/*.test.ts"];

export default defineConfig({
  resolve: {
    alias: [
      { find: /^transformer-blocks$/, replacement: source("index.ts") },
      { find: /^transformer-blocks\/(.*)$/, replacement: source("$1/index.ts") },
    ],
  },
  test: {
    ...{ setupFiles: ["test/setup.ts"], testTimeout: 60_000 },
    // Every core: by default Vitest leaves one idle.
    maxWorkers: "100%",
    sequence: { sequencer: SlowestFirst },
    // What is a list here is added to that above.
    projects: [
      { extends: true, test: { name: "alone", include: alone } },
      {
        extends: true,
        test: { name: "shared", include: tests, exclude: alone, isolate: false, setupFiles: ["test/shared.ts"] },
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
