import { defineConfig } from "tsup";

const floors = [
  "tensor",
  "blocks",
  "models",
  "families",
  "tasks",
  "tokenizer",
  "checkpoint",
  "generation",
  "training",
  "inspect",
  "testing",
  "kernels",
];

export default defineConfig({
  entry: { index: "src/index.ts", ...Object.fromEntries(floors.map((floor) => [floor, `src/${floor}/index.ts`])) },
  format: ["esm", "cjs"],
  target: "es2022",
  dts: true,
  // Entry points share their classes, in both formats: a Tensor is a Tensor wherever it was imported from.
  splitting: true,
  treeshake: true,
  clean: true,
});
