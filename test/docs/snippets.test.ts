import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { compilerErrors } from "./compile-snippets";
import { runSnippet } from "./run-snippet";
import { docstringSnippets, documentSnippets, unfencedExamples } from "./snippets";

const modules: Record<string, () => Promise<unknown>> = {
  "transformer-blocks": () => import("../../src"),
  "transformer-blocks/blocks": () => import("../../src/blocks"),
  "transformer-blocks/checkpoint": () => import("../../src/checkpoint"),
  "transformer-blocks/families": () => import("../../src/families"),
  "transformer-blocks/generation": () => import("../../src/generation"),
  "transformer-blocks/inspect": () => import("../../src/inspect"),
  "transformer-blocks/kernels": () => import("../../src/kernels"),
  "transformer-blocks/models": () => import("../../src/models"),
  "transformer-blocks/tasks": () => import("../../src/tasks"),
  "transformer-blocks/tensor": () => import("../../src/tensor"),
  "transformer-blocks/testing": () => import("../../src/testing"),
  "transformer-blocks/tokenizer": () => import("../../src/tokenizer"),
  "transformer-blocks/training": () => import("../../src/training"),
};

/** A module by the name a reader would write. */
const load = (name: string): Promise<unknown> => modules[name]?.() ?? import(/* @vite-ignore */ name);

/** Numbers agree to the digits that float32 has; everything else exactly. */
function check(value: unknown, claim: unknown): void {
  const plain: unknown = value === undefined ? value : JSON.parse(JSON.stringify(value));
  if (typeof claim === "number") {
    expect(Math.abs((plain as number) - claim), `${plain} is not ${claim}`).toBeLessThanOrEqual(
      2e-6 * Math.max(1, Math.abs(claim)),
    );
  } else if (Array.isArray(claim)) {
    expect(plain).toHaveLength(claim.length);
    claim.forEach((element, i) => {
      check((plain as unknown[])[i], element);
    });
  } else expect(plain).toEqual(claim);
}

const sources = [
  { kind: "documents", snippets: documentSnippets() },
  { kind: "docstrings", snippets: docstringSnippets() },
];

describe.each(sources)("the code blocks of $kind", ({ snippets }) => {
  const folder = mkdtempSync(join(tmpdir(), "transformer-blocks-"));
  // Snippets may write what they like beside "./", which is the repository for reading.
  beforeAll(() => void vi.spyOn(console, "log").mockImplementation(() => {}));
  afterAll(() => {
    vi.restoreAllMocks();
    rmSync(folder, { recursive: true });
  });

  it("exist", () => expect(snippets.length).toBeGreaterThan(0));

  it.each(snippets)("run: $place", async ({ code }) => {
    await runSnippet(code.replaceAll("./my-", `${folder}/my-`), { load, check });
  });
});

it("every code block compiles as it stands", () => {
  const all = sources.flatMap(({ snippets }) => snippets);
  expect(compilerErrors(all)).toEqual([]);
}, 60_000);

it("every example in a docstring is a code block", () => {
  expect(unfencedExamples()).toEqual([]);
});

describe("the runner of code blocks", () => {
  it("checks what the comments claim", async () => {
    const failing = 'import { tensor } from "transformer-blocks";\ntensor([1, 2]).shape; // [3]\n';
    await expect(runSnippet(failing, { load, check })).rejects.toThrow();
    await expect(runSnippet(failing.replace("[3]", "[2]"), { load, check })).resolves.toBe(1);
  });
});
