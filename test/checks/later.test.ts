import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { afterEach, describe, expect, it, vi } from "vitest";
import { fromPretrained, gpt2, pretrainedLoader, savePretrained } from "../../src/families";
import { codeLater, type FamilyCode } from "../../src/families/code-later";
import { registry } from "../../src/families/registry";
import { laterOf, laterWithModel, loadWithModel } from "../../src/later";
import { gpt } from "../../src/models";
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

describe("every import of code that comes later", () => {
  const src = fileURLToPath(new URL("../../src", import.meta.url));
  /** Imports of what is no part of the library. */
  const others = ["builtin.ts", join("testing", "fast-check.ts")];
  const doors = ["loadLater", "laterOf", "laterWithModel", "codeLater"];

  const isDoor = (node: ts.Node): boolean =>
    (ts.isCallExpression(node) && ts.isIdentifier(node.expression) && doors.includes(node.expression.text)) ||
    (ts.isVariableDeclaration(node) && (node.type?.getText().startsWith("LaterParts<") ?? false));

  /** The imports of a file that no door is around, which says in a sentence that they failed. */
  function bare(text: string): string[] {
    const file = ts.createSourceFile("file.ts", text, ts.ScriptTarget.Latest, true);
    const found: string[] = [];
    const visit = (node: ts.Node, isInside: boolean): void => {
      const inside = isInside || isDoor(node);
      if (!inside && ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword)
        found.push(node.getText());
      ts.forEachChild(node, (child) => visit(child, inside));
    };
    visit(file, false);
    return found;
  }

  it("goes through a function whose error says what was not loaded", () => {
    expect(bare('const { a } = await import("./a");')).toEqual(['import("./a")']);
    expect(bare('const { a } = await loadLater("a", () => import("./a"));')).toEqual([]);
    const files = readdirSync(src, { recursive: true }).map(String);
    const looked = files.filter((file) => file.endsWith(".ts") && !others.includes(file));
    expect(looked.length).toBeGreaterThan(700);
    expect(
      looked.flatMap((file) => bare(readFileSync(join(src, file), "utf8")).map((one) => `${file}: ${one}`)),
    ).toEqual([]);
  });
});

describe("a part that is loaded when it is first called", () => {
  const failing = (times: number) =>
    vi.fn(async () => (times-- > 0 ? Promise.reject(new TypeError("offline")) : "part"));

  it("is loaded once, however often it is asked for", async () => {
    const load = failing(0);
    const later = laterOf("it", load);
    expect(later.now).toBeUndefined();
    expect(await Promise.all([later.load(), later.load()])).toEqual(["part", "part"]);
    expect(await later.load()).toBe("part");
    expect([later.now, load.mock.calls.length]).toEqual(["part", 1]);
  });

  it("is asked for again after a failure, which a sentence tells", async () => {
    const later = laterOf("it", failing(1));
    await expect(later.load()).rejects.toThrow("the code for it was not loaded; check the network");
    expect(later.now).toBeUndefined();
    expect(await later.load()).toBe("part");
  });

  it("comes with a model if the page calls it; if that fails, the call tells it", async () => {
    const later = laterWithModel("it", failing(1));
    await loadWithModel();
    expect(later.now).toBeUndefined();
    await loadWithModel();
    expect(later.now).toBe("part");
  });
});

describe("a family whose code comes later", () => {
  const code = { toModel: () => "model", toConfig: () => ({}), names: () => [] } as unknown as FamilyCode<never>;

  it("says how to load it when its functions are called before", async () => {
    const family = codeLater("mine", async () => code);
    for (const [name, call] of [
      ["toModel", () => family.toModel({} as never, () => false)],
      ["toConfig", () => family.toConfig({} as never)],
      ["names", () => family.names({} as never, () => false)],
    ] as const)
      expect(call, name).toThrow(`mine.${name}: the code of the family is not loaded yet; await mine.load() before`);
    await family.load();
    expect(family.toModel({} as never, () => false)).toBe("model");
  });

  it("goes with a spread family to the loader, which loads it", async () => {
    const mine = { ...gpt2, modelTypes: ["mine"] };
    const files = new Map<string, Uint8Array>();
    await savePretrained(
      { model: gpt({ vocabSize: 8, contextLength: 8, dModel: 8, heads: 2, layers: 1 }, { seed: 1 }) },
      { write: async (name, bytes) => void files.set(name, bytes) },
    );
    const config = JSON.parse(new TextDecoder().decode(files.get("config.json")));
    files.set("config.json", new TextEncoder().encode(JSON.stringify({ ...config, model_type: "mine" })));
    const { model } = await pretrainedLoader([mine])({ read: async (name) => files.get(name) });
    expect(model.config.vocabSize).toBe(8);
  });
});
