import { readFileSync } from "node:fs";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bert } from "../../src/models";
import { answer, classify, embed, fillMask, rank } from "../../src/tasks";
import { type Ids, Tensor } from "../../src/tensor";
import { tokenizerFromJson } from "../../src/tokenizer";

const tokenizer = tokenizerFromJson(
  JSON.parse(readFileSync(new URL("../fixtures/tasks/tokenizer.json", import.meta.url), "utf8")),
);
const sizes = { vocabSize: tokenizer.vocabSize, contextLength: 16, dModel: 8, heads: 2, layers: 1 };
const words = ["the", "bear", "sees", "a", "boat", "girl", "finds", "red", "tree"];
/** Words that come in no regular order. */
const wordsOf = (count: number) => Array.from({ length: count }, (_, i) => words[(i * i + (i >> 2)) % words.length]!);

describe("a text that is longer than the model reads", () => {
  const encoder = { model: bert(sizes, { seed: 1 }), tokenizer };
  const classifier = { model: bert({ ...sizes, head: { kind: "sequenceClass", labels: 3 } }, { seed: 2 }), tokenizer };
  const long = wordsOf(20).join(" ");
  const cut = wordsOf(14).join(" ");

  it("is refused with both lengths by classify and embed", async () => {
    const message = "the text has 22 tokens, more than the 16 that the model reads";
    await expect(classify(classifier, long)).rejects.toThrow(`classify: ${message}`);
    await expect(embed(encoder, ["bear", long])).rejects.toThrow(`embed: texts[1]: ${message}`);
  });

  it("is cut if the caller asks for it", async () => {
    expect(await classify(classifier, long, { truncation: true })).toEqual(await classify(classifier, cut));
    expect(await embed(encoder, [long], { truncation: true })).toEqual(await embed(encoder, [cut]));
  });

  it("has the best score of its windows in rank", async () => {
    const ranker = { model: bert({ ...sizes, head: { kind: "sequenceClass", labels: 1 } }, { seed: 3 }), tokenizer };
    const all = wordsOf(31);
    const scored = async (text: readonly string[]) => (await rank(ranker, "the boat", [text.join(" ")]))[0]!.score;
    // [CLS] the boat [SEP] … [SEP]: 11 tokens of the text fit; with stride 1 the windows begin at 0, 10 and 20.
    const windows = await Promise.all([0, 10, 20].map((start) => scored(all.slice(start, start + 11))));
    const [found] = await rank(ranker, "the boat", [all.join(" ")], { stride: 1 });
    expect(found!.score).toBe(Math.max(...windows));
    const [beginning] = await rank(ranker, "the boat", [all.join(" ")], { truncation: true });
    expect(beginning!.score).toBe(windows[0]);
    expect(new Set(windows).size).toBe(3);
  });

  it("is read around its mask by fillMask", async () => {
    const masked = { model: bert({ ...sizes, head: { kind: "maskedLanguageModel" } }, { seed: 4 }), tokenizer };
    const all = wordsOf(40).with(20, "[MASK]");
    const [found] = await fillMask(masked, all.join(" "), { top: 1 });
    // 14 tokens of the text fit; with stride 8 the windows begin at 0, 6, 12, 18 …: the third has the mask in its middle.
    const [inside] = await fillMask(masked, all.slice(12, 26).join(" "), { top: 1 });
    expect(found).toMatchObject({ id: inside!.id, score: inside!.score });
    expect(found!.text).toBe(all.with(20, found!.token).join(" "));
  });
});

/** A model that scores both ends of an answer by the id of the token; 0 for the others. */
function scripted(scores: Readonly<Record<number, number>>) {
  const model = bert({ ...sizes, head: { kind: "questionAnswering" } }, { seed: 1 });
  model.forward = (ids: Ids) => {
    const ends = ids.flatMap((row) => row.flatMap((id) => [scores[id] ?? 0, scores[id] ?? 0]));
    return new Tensor([ids.length, ids[0]!.length, 2], Float32Array.from(ends));
  };
  return model;
}

describe("an answer", () => {
  const context = [...wordsOf(40), "hill", ...wordsOf(12)].join(" ");
  const [cls, hill] = [tokenizer.tokenToId("[CLS]")!, tokenizer.tokenToId("hill")!];
  const asked = { question: "where", context };

  it("far into a long context is found, at its place in the whole text", async () => {
    const found = await answer({ model: scripted({ [hill]: 9 }), tokenizer }, asked);
    expect(found).toMatchObject({ text: "hill", start: context.indexOf("hill"), end: context.indexOf("hill") + 4 });
    expect(found.score).toBeGreaterThan(0.9);
    expect(found.noAnswer).toBeLessThan(0.01);
  });

  it("may be none, where the model says so in every window", async () => {
    const certain = { model: scripted({ [cls]: 12, [hill]: 9 }), tokenizer };
    const given = await answer(certain, asked);
    expect(given.text).toBe("hill");
    expect(given.noAnswer).toBeGreaterThan(given.score);
    expect(await answer(certain, asked, { optional: true })).toMatchObject({ text: "", start: 0, end: 0 });
    // One window without doubt is enough.
    const doubtful = { model: scripted({ [cls]: 5, [hill]: 9 }), tokenizer };
    expect(await answer(doubtful, asked, { optional: true })).toMatchObject({ text: "hill" });
  });

  it("has at most as many tokens as are asked for", async () => {
    const [bear, boat] = [tokenizer.tokenToId("bear")!, tokenizer.tokenToId("boat")!];
    const model = { model: scripted({ [bear]: 9, [boat]: 8 }), tokenizer };
    const short = { question: "where", context: "the bear sees a boat" };
    expect((await answer(model, short, { longest: 1 })).text).toBe("bear");
    await expect(answer(model, short, { longest: 0 })).rejects.toThrow("answer: longest must be");
  });

  it("needs room beside the question", async () => {
    const question = wordsOf(20).join(" ");
    await expect(answer({ model: scripted({}), tokenizer }, { question, context })).rejects.toThrow(
      /answer: the text has 76 tokens, and the model reads 16: a window has room for 0 of them/,
    );
  });
});

describe("texts that run together", () => {
  const encoder = { model: bert(sizes, { seed: 5 }), tokenizer };

  it("have the vectors that they have alone, in their order", async () => {
    const text = fc.array(fc.constantFrom(...words), { minLength: 1, maxLength: 14 }).map((list) => list.join(" "));
    await fc.assert(
      fc.asyncProperty(fc.array(text, { minLength: 1, maxLength: 40 }), async (texts) => {
        const together = await embed(encoder, texts);
        for (const [i, one] of texts.entries()) {
          const [alone] = await embed(encoder, [one]);
          together[i]!.forEach((x, j) => {
            expect(Math.abs(x - alone![j]!)).toBeLessThanOrEqual(1e-6);
          });
        }
      }),
      { numRuns: 10 },
    );
  });

  it("of one length are one pass each, without padding", async () => {
    const lengths: [rows: number, tokens: number][] = [];
    const model = bert(sizes, { seed: 5 });
    const hidden = model.hidden.bind(model);
    model.hidden = (ids, pass) => {
      lengths.push([ids.length, ids[0]!.length]);
      return hidden(ids, pass);
    };
    const texts = Array.from({ length: 1000 }, (_, i) => wordsOf(1 + (i % 10)).join(" "));
    const vectors = await embed({ model, tokenizer }, texts);
    expect(vectors).toHaveLength(1000);
    expect(lengths.reduce((sum, [rows, tokens]) => sum + rows * tokens, 0)).toBe(
      texts.reduce((sum, text) => sum + tokenizer.encode(text).ids.length, 0),
    );
    expect(lengths.length).toBeLessThanOrEqual(20);
  });

  it("keep the first numbers of a vector, of length 1 again", async () => {
    const [whole] = await embed(encoder, ["the bear"]);
    const [cut] = await embed(encoder, ["the bear"], { dimensions: 3 });
    const length = Math.hypot(...whole!.slice(0, 3));
    expect([...cut!]).toEqual([...whole!.slice(0, 3)].map((x) => expect.closeTo(x / length, 6)));
    await expect(embed(encoder, ["the bear"], { dimensions: 9 })).rejects.toThrow("more than the 8 of the model");
  });
});

describe("fillMask with targets", () => {
  const masked = { model: bert({ ...sizes, head: { kind: "maskedLanguageModel" } }, { seed: 4 }), tokenizer };

  it("chooses among them alone, with their shares of all tokens", async () => {
    const all = await fillMask(masked, "the [MASK] sees", { top: tokenizer.vocabSize });
    const some = await fillMask(masked, "the [MASK] sees", { targets: ["boat", "bear"] });
    expect(some).toEqual(all.filter(({ token }) => token === "boat" || token === "bear"));
  });

  it("refuses a target that is not one token", async () => {
    await expect(fillMask(masked, "the [MASK]", { targets: ["bear", "bear boat"] })).rejects.toThrow(
      'fillMask: targets[1] "bear boat" is not one token',
    );
    await expect(fillMask(masked, "the [MASK]", { targets: ["zebra"] })).rejects.toThrow('"zebra" is not one token');
  });
});
