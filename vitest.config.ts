import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const source = (path: string) => fileURLToPath(new URL(`./src/${path}`, import.meta.url));

export default defineConfig({
  resolve: {
    alias: [
      { find: /^transformer-blocks$/, replacement: source("index.ts") },
      { find: /^transformer-blocks\/(.*)$/, replacement: source("$1/index.ts") },
    ],
  },
  test: {
    ...{ include: ["test/**/*.test.ts"], setupFiles: ["test/setup.ts"], testTimeout: 60_000 },
    // Every core: by default Vitest leaves one idle.
    maxWorkers: "100%",
    // AssemblyScript runs in WebAssembly, where lines cannot be counted.
    coverage: {
      include: ["src/**/*.ts"],
      exclude: ["src/kernels/wasm/assembly/**"],
      reporter: ["text-summary", "html"],
    },
  },
});
