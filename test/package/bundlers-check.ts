/**
 * Bundles pages with every bundler, compares their sizes with the budgets, looks for what no page may contain, and runs
 * what came out: `npm run check:bundlers`. It takes a minute, so that `npm test` does it only with the fast ones.
 */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { appendFileSync, cpSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { gpt, savePretrained } from "transformer-blocks";
import { trainBpe } from "transformer-blocks/tokenizer";
import { allBundlers, type Bundled, bundledBy } from "./all-bundlers";
import { forbiddenIn } from "./forbidden";
import { budgets, type PageName, pageFor, pageNames, pages } from "./pages";
import { dist, kilobytes } from "./published";

/** A GPT-2 of random parameters, whose text is as good as any to compare. */
const folder = await mkdtemp(join(tmpdir(), "transformer-blocks-"));
const tokenizer = trainBpe(["Once upon a time there was a bear."], { vocabSize: 280 });
const { vocabSize } = tokenizer;
const model = gpt({ vocabSize, contextLength: 32, dModel: 16, heads: 2, layers: 2 }, { seed: 1 });
await savePretrained({ model, tokenizer }, folder);

/** Runs code with a page's function in a process of its own, and gives what it is asked for as JSON. */
function answerOf(code: string, asked = "answer"): string {
  const page = `const answer = await globalThis.page(${JSON.stringify(folder)});`;
  const script = `${code}; ${page} console.log(JSON.stringify(${asked}));`;
  return execFileSync(process.execPath, ["--input-type=module", "-e", script], { encoding: "utf8" });
}

const importing = (entry: string) => `await import(${JSON.stringify(pathToFileURL(entry).href)})`;

/** The files that a page has loaded when it has its answer, in KB as a server sends them. */
function loadedBy(entry: string): number {
  const out = join(folder, "loaded");
  const from = dirname(entry);
  cpSync(from, out, { recursive: true });
  const files = readdirSync(out, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".js"));
  for (const file of files)
    appendFileSync(join(out, file), `\n(globalThis.loaded ??= []).push(${JSON.stringify(file)});`);
  const loaded: string[] = JSON.parse(answerOf(importing(join(out, basename(entry))), "globalThis.loaded"));
  rmSync(out, { recursive: true });
  return kilobytes(...loaded.map((file) => readFileSync(join(from, file), "utf8")));
}

/** The same page without a bundler. */
const unbundled = (page: PageName): string =>
  answerOf(
    pages[page].replace(/"transformer-blocks(?:\/(\w+))?"/g, (_, floor = "index") =>
      JSON.stringify(pathToFileURL(`${dist}${floor}.js`).href),
    ),
  );

/** webpack's code loads more code, in all pages but this one, by script elements, which Node has not. */
const runsInNode = (bundler: string, page: PageName): boolean =>
  bundler !== "webpack" || page === "one attention block";

/** All of them are told at the end, so that one run says every budget to change. */
const overBudget: string[] = [];

function expectFine(bundler: string, page: PageName, { files, atOnce }: Bundled): void {
  const size = kilobytes(...atOnce.map((file) => files.get(file)!));
  const budget = budgets[page][bundler]!;
  console.log(`${page}, ${bundler}: ${size.toFixed(1)} KB of ${budget}, ${files.size - atOnce.length} files later`);
  if (size > budget)
    overBudget.push(`${page}: ${size.toFixed(2)} KB with ${bundler}, more than its budget of ${budget}`);
  for (const [file, code] of files) assert.deepEqual(forbiddenIn(code), [], `${page}, ${bundler}: ${file}`);
}

for (const page of pageNames) {
  const wanted = unbundled(page);
  for (const [bundler, write] of Object.entries(allBundlers)) {
    // esbuild's page leaves out what it imports later, and so does not run by itself.
    const isWhole = runsInNode(bundler, page) && !(bundler === "esbuild" && page === "GPT-2 with its tokenizer");
    const run = async (entry: string) => {
      if (!isWhole) return;
      assert.equal(answerOf(importing(entry)), wanted);
      console.log(`${page}, ${bundler}: ${loadedBy(entry).toFixed(1)} KB until its answer`);
    };
    expectFine(bundler, page, await bundledBy(write, pageFor(bundler, page), run));
  }
}
await rm(folder, { recursive: true });
assert.deepEqual(overBudget, []);
console.log("Every bundler leaves out what a page does not use, and what it wrote gives the same answers.");
