import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { fromPretrained } from "../../src/families";
import { type Aggregation, entities } from "../../src/tasks";
import { tokenizerFromJson } from "../../src/tokenizer";

const fixtures = new URL("../fixtures/", import.meta.url);

/** What transformers found. */
interface Found {
  labels: string[];
  texts: string[];
  tokenizers: Record<string, object>;
  cases: {
    tokenizer: string;
    aggregation: Aggregation;
    ignore: string[];
    text: number;
    entities: { label: string; score: number; start: number; end: number }[];
  }[];
}
const found: Found = JSON.parse(readFileSync(new URL("tasks/entities.json", fixtures), "utf8"));

const { model } = await fromPretrained({
  read: async (file) =>
    file === "tokenizer.json"
      ? new TextEncoder().encode(JSON.stringify(found.tokenizers.WordPiece))
      : new Uint8Array(readFileSync(new URL(`models/bert-token/${file}`, fixtures))),
});
const loadedWith = (tokenizer: string) => ({
  model,
  tokenizer: tokenizerFromJson(found.tokenizers[tokenizer]!),
  config: { id2label: { ...found.labels } },
});

describe.each(Object.keys(found.tokenizers))("entities with a tokenizer of kind %s", (tokenizer) => {
  it.each(found.cases.filter((one) => one.tokenizer === tokenizer))(
    "are those of transformers: $aggregation, ignoring $ignore, text $text",
    async ({ aggregation, ignore, text, entities: expected }) => {
      const given = found.texts[text]!;
      const ours = await entities(loadedWith(tokenizer), given, { aggregation, ignore });
      expect(ours.map(({ label, start, end }) => ({ label, start, end }))).toEqual(
        expected.map(({ label, start, end }) => ({ label, start, end })),
      );
      ours.forEach(({ score, text, start, end }, i) => {
        expect(score).toBeCloseTo(expected[i]!.score, 5);
        expect(text).toBe(given.slice(start, end));
      });
    },
  );
});

describe("entities of a text that is longer than the model reads", () => {
  const loaded = loadedWith("WordPiece");
  const all = { aggregation: "none", ignore: [] } as const;

  it("cover each token once, in order, whatever the stride", async () => {
    const text = Array.from({ length: 30 }, () => "the old bear unlocks").join(" ");
    const tokens = loaded.tokenizer.encode(text, { special: false }).offsets;
    for (const stride of [undefined, 0, 1, 30, 61])
      expect((await entities(loaded, text, { ...all, stride })).map(({ start, end }) => [start, end])).toEqual(tokens);
  });

  it("are those of the window with the most text on both sides", async () => {
    const words = Array.from({ length: 70 }, (_, i) => ["the", "bear", "fox", "river", "hill"][(i * i) % 5]!);
    const { tokenizer } = loaded;
    const kinds = ["the", "bear", "river", "hill", "fox"].filter((word) => tokenizer.tokenToId(word) !== undefined);
    const text = words.map((word) => (kinds.includes(word) ? word : "girl")).join(" ");
    // 62 tokens of the text fit beside [CLS] and [SEP]; with stride 50 the second window begins 12 tokens later.
    const found = await entities(loaded, text, { ...all, stride: 50 });
    const of = async (from: number) =>
      entities(
        loaded,
        text
          .split(" ")
          .slice(from, from + 62)
          .join(" "),
        all,
      );
    const [first, second] = [await of(0), await of(12)];
    // Token 36 has 25 tokens after it in the first window and 24 before it in the second.
    expect(found[36]!.score).toBeCloseTo(first[36]!.score, 6);
    expect(found[37]!.score).toBeCloseTo(second[25]!.score, 6);
    expect(Math.abs(first[37]!.score - second[25]!.score)).toBeGreaterThan(1e-5);
  });

  it("cannot be found with a stride that leaves no progress", async () => {
    const text = "bear ".repeat(80);
    await expect(entities(loaded, text, { stride: 62 })).rejects.toThrow(
      /entities: the text has 82 tokens, and the model reads 64: .* room for 62 .* more than the stride 62/,
    );
  });
});

it("entities need a model with a tokenClass head", async () => {
  const { tokenizer } = loadedWith("WordPiece");
  const { model } = await fromPretrained({
    read: async (file) =>
      file === "tokenizer.json"
        ? new TextEncoder().encode(JSON.stringify(found.tokenizers.WordPiece))
        : new Uint8Array(readFileSync(new URL(`models/bert-base/${file}`, fixtures))),
  });
  await expect(entities({ model, tokenizer }, "the bear")).rejects.toThrow("tokenClass head");
});
