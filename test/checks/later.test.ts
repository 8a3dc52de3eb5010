import { afterEach, expect, it, vi } from "vitest";
import { fromPretrained } from "../../src/families";
import { registry } from "../../src/families/registry";
import { loadTokenizer } from "../../src/tokenizer";
import { laterComponents } from "../../src/tokenizer/json/later-components";

/** What browsers say without a network: Chromium, Firefox and Safari. */
const failures = [
  "Failed to fetch dynamically imported module: https://a/b.js",
  "error loading dynamically imported module: https://a/b.js",
  "Importing a module script failed.",
];

const source = (files: Record<string, object>) => ({
  read: async (name: string) => (name in files ? new TextEncoder().encode(JSON.stringify(files[name])) : undefined),
});

afterEach(() => {
  vi.restoreAllMocks();
});

it.each(failures)("code that comes later and does not is named in a sentence: %s", async (message) => {
  const failure = new TypeError(message);
  vi.spyOn(registry as { gpt2: () => Promise<never> }, "gpt2").mockRejectedValue(failure);
  vi.spyOn(laterComponents as { WordLevel: () => Promise<never> }, "WordLevel").mockRejectedValue(failure);
  const model = { type: "WordLevel", vocab: { a: 0 }, unk_token: "a" };
  for (const [load, name] of [
    [() => fromPretrained(source({ "config.json": { model_type: "gpt2" } })), 'model_type "gpt2"'],
    [() => loadTokenizer(source({ "tokenizer.json": { model } })), 'type "WordLevel"'],
  ] as const) {
    const error = await load().catch((error: unknown) => error);
    expect(error).toMatchObject({ cause: failure });
    expect(String(error)).toContain(`the code for ${name} was not loaded; check the network`);
    expect(String(error)).not.toContain("imported");
  }
});

it("a tokenizer.json may begin with a byte order mark, as text and as bytes", async () => {
  const { tokenizerFromJson } = await import("../../src/tokenizer");
  const text = `\ufeff${JSON.stringify({ model: { type: "WordLevel", vocab: { a: 0 }, unk_token: "a" } })}`;
  expect(tokenizerFromJson(text).encode("a").ids).toEqual([0]);
  const read = async (name: string) => (name === "tokenizer.json" ? new TextEncoder().encode(text) : undefined);
  expect((await loadTokenizer({ read })).encode("a").ids).toEqual([0]);
});
