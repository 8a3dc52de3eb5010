import { readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { scripts } from "../../package.json";
import { registry } from "../../src/families/registry";
import { allBundlers, bundledBy } from "./all-bundlers";
import { entryPoints } from "./entry-points";
import { forbiddenIn } from "./forbidden";
import { budgets, pageFor, pageNames } from "./pages";
import { bundlers, dist, importsOf, kilobytes, minified, reached, textOf } from "./published";

describe("what a page pays for what it imports from the package", () => {
  const fast = Object.entries(allBundlers).filter(([bundler]) => /esbuild|Rolldown/.test(bundler));
  const rows = pageNames.flatMap((page) => fast.map(([bundler, write]) => ({ page, bundler, write })));
  // `npm run check:bundlers` asks the slow ones too.
  it.each(rows)("$page is within its budget with $bundler, compressed", async ({ page, bundler, write }) => {
    const { files, atOnce } = await bundledBy(write, pageFor(bundler, page));
    const size = kilobytes(...atOnce.map((file) => files.get(file)!));
    const budget = budgets[page][bundler]!;
    expect(size).toBeLessThanOrEqual(budget);
    expect(size, "far below its budget: lower the budget").toBeGreaterThan(0.9 * budget);
  });

  it("installing the package runs no script, which package managers warn of or refuse", () => {
    const run = ["preinstall", "install", "postinstall"];
    expect(Object.keys(scripts).filter((name) => run.includes(name))).toEqual([]);
    // npm runs node-gyp by itself where it finds this file.
    expect(readdirSync(".").filter((file) => file === "binding.gyp")).toEqual([]);
  });

  it("nothing that a strict policy or a browser refuses is in the package", () => {
    expect(forbiddenIn("x = eval(y)")).toEqual(["eval(…)"]);
    expect(forbiddenIn('new Function("a")')).toEqual(["new Function(…)"]);
    expect(forbiddenIn('import fs from "node:fs"')).toEqual(["an import of a Node built-in"]);
    const files = readdirSync(dist, { recursive: true, encoding: "utf8" }).filter((file) => /\.c?js$/.test(file));
    expect(files.length).toBeGreaterThan(100);
    for (const file of files) expect(forbiddenIn(textOf(file)), file).toEqual([]);
  });

  /** Bundlers that are told nothing of side effects: they drop only what they see to be pure. */
  const untold = Object.entries(bundlers).map(([bundler, of]) => ({ bundler, bundle: of({ sideEffects: true }) }));
  it.each(untold)("nothing is kept of what a page imports and does not use, by $bundler", async ({ bundle }) => {
    // /testing looks for the optional fast-check when it is loaded.
    const paths = entryPoints.filter((path) => path !== "./testing");
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
  /** With the file of its functions, if these come later. */
  const whole = (chunk: string): string[] => {
    const later = [...reached([chunk], importsOf)].flatMap((file) => [
      ...textOf(file).matchAll(/import\(['"]\.\/([\w-]+-code-.*?)['"]\)/g),
    ]);
    return [chunk, ...later.map(([, file]) => file!)];
  };
  const pageWith = (...chunks: string[]) => reached(["index.js", ...chunks], importsOf);
  const plain = pageWith();
  const withAnother = ["llama", "bert", "bart"].map((family) => pageWith(...whole(chunkOf(family)!)));
  const small = new Map<string, string>();
  const added = (chunk: string, page: ReadonlySet<string>) => {
    const files = [...reached(whole(chunk), importsOf)].filter((file) => !page.has(file));
    for (const file of files) if (!small.has(file)) small.set(file, minified(file));
    return kilobytes(files.map((file) => small.get(file)).join("\n"));
  };

  /** Larger ones, in KB: a reason to make them smaller. */
  const larger: Readonly<Record<string, number>> = { gemma3n_text: 5.2 };

  it.each(Object.keys(registry))("%s adds at most 4 KB to a page that has another of its shape", (modelType) => {
    const chunk = chunkOf(modelType);
    expect(chunk, "its line in the registry").toBeDefined();
    expect(Math.min(...withAnother.map((page) => added(chunk!, page)))).toBeLessThanOrEqual(larger[modelType] ?? 4);
    expect(added(chunk!, plain), "to a page that has none").toBeLessThanOrEqual(8.8);
  });
});
