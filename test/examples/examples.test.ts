import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it, vi } from "vitest";
import { kernels, useKernels } from "../../src/kernels";

const folder = fileURLToPath(new URL("../../examples/", import.meta.url));

interface Example {
  /** What the example is given: few steps, where it trains. */
  given?: string[];
  /** What it says in any case. */
  says: RegExp;
}

/** Scripts that run in this process, in turn. They tell what they do by console.log. */
const scripts: Record<string, Example> = {
  "analogies/index.ts": { says: /king − man \+ woman = queen[\s\S]*Paris − France \+ Italy = Rome/ },
  "block/index.ts": { says: /DecoderBlock[\s\S]*outputs that differ: false, false, false, true/ },
  "bun/main.ts": { says: /^Once upon a time\S* \S[\s\S]*kernels: wasm, strict/ },
  "classifier/index.ts": { given: ["3"], says: /step 2: loss 0\.\d+[\s\S]*→ (warm|cold), \d+ %/ },
  "deno/main.ts": { says: /^Once upon a time\S* \S[\s\S]*kernels: wasm, strict/ },
  "hub-directory/index.ts": { says: /model\.safetensors: \d+ KB[\s\S]*parameters[\s\S]*Once upon a time/ },
  "property-test/index.ts": { says: /holds: attention does not see[\s\S]*with a causal mask: true[\s\S]*groupedHeads/ },
  "tiny-gpt/index.ts": { given: ["4"], says: /28320 parameters[\s\S]*step 3: loss [23]\.\d[\s\S]*This is the / },
  "translator/index.ts": { given: ["4"], says: /step 3: loss \d\.\d+[\s\S]*\d+ of 60 held-out numbers are right/ },
};

/** What has tests of its own, or is not run by itself. */
const elsewhere = ["explorer", "grammar", "models", "retrieval", "show", "train", "worker-page"];

/** What an example says. */
async function saidBy(script: string, given: string[] = []): Promise<string> {
  const [argv, before] = [process.argv, kernels()];
  const said: unknown[] = [];
  vi.spyOn(console, "log").mockImplementation((...parts) => void said.push(parts.join(" ")));
  process.argv = ["node", script, ...given];
  try {
    await import(/* @vite-ignore */ folder + script);
  } finally {
    process.argv = argv;
    useKernels(before);
  }
  return said.join("\n");
}

describe("an example does what its README says", () => {
  afterEach(() => void vi.restoreAllMocks());

  it.each(Object.entries(scripts))("%s", async (script, { given, says }) => {
    expect(await saidBy(script, given)).toMatch(says);
  });
});

describe("examples", () => {
  const folders = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const names = folders.map(({ name }) => name);
  const read = (path: string) => readFileSync(folder + path, "utf8");

  it("are all run", () => {
    const tests = readdirSync(new URL("./", import.meta.url))
      .map((file) => read(`../test/examples/${file}`))
      .join("\n");
    const run = (name: string) =>
      Object.keys(scripts).some((script) => script.startsWith(`${name}/`)) ||
      elsewhere.includes(name) ||
      tests.includes(`examples/${name}/`);
    expect(names.filter((name) => !run(name))).toEqual([]);
  });

  it("are all in the list of examples/README.md, which names no other", () => {
    const listed = [...read("README.md").matchAll(/\]\(([\w-]+)\/(?:README\.md)?\)/g)].map(([, name]) => name);
    expect([...listed].sort()).toEqual(names.filter((name) => name !== "show").sort());
  });

  it.each(Object.keys(scripts).map((script) => script.split("/")[0]!))(
    "%s has a README that names a command",
    (name) => {
      const text = read(`${name}/README.md`);
      expect(text).toMatch(/^# \S/);
      const [, path] = /`(?:npx tsx|bun|deno run --allow-read) ([\w./-]+)/.exec(text) ?? [];
      expect(existsSync(folder + (path?.startsWith("examples/") ? path.slice(9) : `${name}/${path}`)), text).toBe(true);
    },
  );
});
