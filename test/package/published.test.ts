import { describe, expect, it } from "vitest";
import { exports } from "../../package.json";
import { registry } from "../../src/families/registry";
import { type Bundler, bundlers, importsOf, kilobytes, minified, reached, textOf } from "./published";

describe("what a page pays for what it imports from the package", () => {
  const attention = 'export { initialize, MultiHeadAttention, tensor } from "transformer-blocks";';
  const attentionAlone = `
    export { initialize, MultiHeadAttention } from "transformer-blocks/blocks";
    export { tensor } from "transformer-blocks/tensor";`;
  const gpt2 = `
    import { gpt2, pretrainedLoader } from "transformer-blocks/families";
    export { generateStream } from "transformer-blocks/generation";
    export const load = pretrainedLoader([gpt2]);`;
  const { esbuild, Rolldown } = bundlers;
  const told = { sideEffects: false };

  it.each<{ page: string; code: string; bundler: string; bundle: Bundler; budget: number }>([
    { page: "one attention block", code: attention, bundler: "esbuild", bundle: esbuild(told), budget: 41 },
    { page: "one attention block", code: attention, bundler: "Rolldown", bundle: Rolldown(told), budget: 40.2 },
    { page: "the same from /blocks", code: attentionAlone, bundler: "esbuild", bundle: esbuild(told), budget: 41 },
    { page: "GPT-2 with its tokenizer", code: gpt2, bundler: "esbuild", bundle: esbuild(told), budget: 107.8 },
    { page: "GPT-2 with its tokenizer", code: gpt2, bundler: "Rolldown", bundle: Rolldown(told), budget: 122.6 },
  ])("$page takes at most $budget KB with $bundler, compressed", async ({ code, bundle, budget }) => {
    const size = kilobytes(...(await bundle(code)));
    expect(size).toBeLessThanOrEqual(budget);
    expect(size, "far below its budget: lower the budget").toBeGreaterThan(0.9 * budget);
  });

  /** Bundlers that are told nothing of side effects: they drop only what they see to be pure. */
  const untold = Object.entries(bundlers).map(([bundler, of]) => ({ bundler, bundle: of({ sideEffects: true }) }));
  it.each(untold)("nothing is kept of what a page imports and does not use, by $bundler", async ({ bundle }) => {
    // /testing looks for the optional fast-check when it is loaded.
    const kept = ["./package.json", "./testing"];
    const paths = Object.keys(exports).filter((path) => !kept.includes(path));
    const code = await bundle(paths.map((path) => `import "transformer-blocks${path.slice(1)}";`).join("\n"));
    expect(code.join("").replace(/\bimport ?['"].*?['"];?|\s/g, "")).toBe("");
  });
});

describe("the namespace of processors", () => {
  const page = 'import { processors } from "transformer-blocks"; globalThis.process = processors.topK;';
  const told = { sideEffects: false };

  it("is a file of its own, so that Rolldown keeps only the processors that a page uses", async () => {
    const code = (await bundlers.Rolldown(told)(page)).join("");
    expect(code).toContain("topK");
    expect(code).not.toMatch(/mirostat|exponentialDecay/);
    expect(kilobytes(code)).toBeLessThan(2.5);
  });

  it.each(Object.entries(bundlers))("is left out of a page that does not use it, by %s", async (_, bundle) => {
    const code = await bundle(told)('import { regex } from "transformer-blocks"; globalThis.regex = regex;');
    expect(code.join("")).not.toMatch(/mirostat|exponentialDecay/);
  });
});

describe("what a family costs a page, beside the blocks that it is made of", () => {
  const all = [...reached(["families.js"], importsOf)].map(textOf).join("\n");
  const chunkOf = (modelType: string): string | undefined =>
    all.match(RegExp(`\\b${modelType}["']?: async \\(\\) => \\(await import\\(['"]\\./(.*?)['"]\\)`))?.[1];
  const pageWith = (...chunks: string[]) => reached(["index.js", ...chunks], importsOf);
  const plain = pageWith();
  const withAnother = ["llama", "bert", "bart"].map((family) => pageWith(chunkOf(family)!));
  const small = new Map<string, string>();
  const added = (chunk: string, page: ReadonlySet<string>) => {
    const files = [...reached([chunk], importsOf)].filter((file) => !page.has(file));
    for (const file of files) if (!small.has(file)) small.set(file, minified(file));
    return kilobytes(files.map((file) => small.get(file)).join("\n"));
  };

  /** Larger ones, in KB: a reason to make them smaller. */
  const larger: Readonly<Record<string, number>> = { gemma3n_text: 5.1 };

  it.each(Object.keys(registry))("%s adds at most 4 KB to a page that has another of its shape", (modelType) => {
    const chunk = chunkOf(modelType);
    expect(chunk, "its line in the registry").toBeDefined();
    expect(Math.min(...withAnother.map((page) => added(chunk!, page)))).toBeLessThanOrEqual(larger[modelType] ?? 4);
    expect(added(chunk!, plain), "to a page that has none").toBeLessThanOrEqual(8.6);
  });
});
