import { fileURLToPath } from "node:url";
import { bert, encoderDecoder, gpt, Linear, quantize, random, tensor } from "transformer-blocks";
import { analogy, nearest } from "transformer-blocks/inspect";
import { type Tokenizer, tokenizerFromJson, trainBpe } from "transformer-blocks/tokenizer";
import { describe, expect, it } from "vitest";
import { fromPretrained } from "../../src/families";

const words = ["king", "queen", "man", "woman", "boy", "girl", "apple", "pear", "zero"];

function tokenizerOf(list: readonly string[]): Tokenizer {
  const added = { special: true, normalized: false, single_word: false, lstrip: false, rstrip: false };
  const vocab = Object.fromEntries(["[UNK]", ...list].map((word, id) => [word, id]));
  return tokenizerFromJson({
    added_tokens: [{ id: 0, content: "[UNK]", ...added }],
    pre_tokenizer: { type: "Whitespace" },
    model: { type: "WordLevel", vocab, unk_token: "[UNK]" },
  });
}

const SIZE = 5;
const tokenizer = tokenizerOf(words);
const numbers = random(1).normal((words.length + 1) * SIZE);
numbers.fill(0, words.length * SIZE); // "zero"
const vectors = tensor(numbers, [words.length + 1, SIZE]);
const source = { vectors, tokenizer };

/** gensim's most_similar(positive, negative) in float64: unit vectors, their signed sum, cosines. */
function mostSimilar(positive: readonly string[], negative: readonly string[]) {
  const unit = (word: string) => {
    const row = [...numbers.subarray((words.indexOf(word) + 1) * SIZE).subarray(0, SIZE)];
    const length = Math.sqrt(row.reduce((sum, x) => sum + x * x, 0));
    return row.map((x) => x / length);
  };
  const sum = Array.from({ length: SIZE }, (_, i) => {
    const total = (list: readonly string[]) => list.reduce((all, word) => all + unit(word)[i]!, 0);
    return total(positive) - total(negative);
  });
  const length = Math.sqrt(sum.reduce((all, x) => all + x * x, 0));
  const asked = [...positive, ...negative, "zero"];
  return words
    .filter((word) => !asked.includes(word))
    .map((word) => ({ word, similarity: unit(word).reduce((all, x, i) => all + (x * sum[i]!) / length, 0) }))
    .sort((a, b) => b.similarity - a.similarity);
}

function expectSame(found: ReturnType<typeof nearest>, wanted: ReturnType<typeof mostSimilar>): void {
  expect(found.map(({ word }) => word)).toEqual(wanted.map(({ word }) => word));
  for (const [i, { similarity }] of found.entries()) expect(similarity).toBeCloseTo(wanted[i]!.similarity, 6);
}

describe("nearest and analogy", () => {
  it("are gensim's most_similar, without the words asked about, special tokens and vectors of zero", () => {
    for (const word of words.slice(0, -1)) expectSame(nearest(source, word), mostSimilar([word], []));
    for (const a of ["king", "apple"])
      expectSame(analogy(source, a, "man", "woman"), mostSimilar([a, "woman"], ["man"]));
  });

  it("return as many as asked for", () => {
    expect(nearest(source, "king", { top: 2 })).toEqual(nearest(source, "king").slice(0, 2));
    expect(nearest(source, "king", { top: 100 })).toHaveLength(7);
    expect(analogy(source, "king", "man", "woman", { top: 1 })).toHaveLength(1);
  });

  const sizes = { vocabSize: tokenizer.vocabSize + 3, contextLength: 300, dModel: 8, heads: 2, layers: 1 };
  it.each([
    ["a decoder", gpt(sizes, { seed: 1 })],
    ["an encoder with types", bert({ ...sizes, typeVocabSize: 40 }, { seed: 1 })],
    ["a translator", encoderDecoder(sizes, { seed: 1 })],
  ])("read the token embedding of %s, and none of its rows without a token", (_, model) => {
    const table = [...model.parameters()].find(([path]) => /(^|\.)embedding\.weight$/.test(path))![1];
    const found = nearest({ model, tokenizer }, "king");
    expect(found).toEqual(nearest({ vectors: table, tokenizer }, "king"));
    expect(found).toHaveLength(words.length - 1);
  });

  it("read a quantized embedding nearly as well", () => {
    const model = gpt({ ...sizes, dModel: 64 }, { seed: 1 });
    const [before] = nearest({ model, tokenizer }, "king");
    quantize(model, "q8");
    const [after] = nearest({ model, tokenizer }, "king");
    expect(after!.word).toBe(before!.word);
    expect(after!.similarity).toBeCloseTo(before!.similarity, 1);
  });

  it("take a word as it stands after a space, and show each word once", () => {
    const bpe = trainBpe(["sun moon sun moon sun moon sun moon", "sun", "moon", "sun", "moon"], { vocabSize: 270 });
    const both = ["sun", " sun", "moon", " moon"].map((text) => bpe.encode(text).ids);
    expect(both.map((ids) => ids.length)).toEqual([1, 1, 1, 1]);
    const table = random(2).normal(270 * 4);
    const [, [inText] = []] = both;
    const [, , [bare] = []] = both;
    // "moon" without a space points where " sun" does, and " moon" the other way.
    for (let i = 0; i < 4; i++) table[4 * bare! + i] = table[4 * inText! + i]!;
    for (let i = 0; i < 4; i++) table[4 * both[3]![0]! + i] = -table[4 * inText! + i]!;
    const found = nearest({ vectors: tensor(table, [270, 4]), tokenizer: bpe }, "sun", { top: 270 });
    expect(found[0]).toEqual({ word: "moon", similarity: expect.closeTo(1, 5) });
    const shown = found.map(({ word }) => word);
    expect(shown).toHaveLength(new Set(shown).size);
    expect(shown).not.toContain("sun");
  });

  it("say what a word is that has no vector of its own", async () => {
    const story = await fromPretrained(fileURLToPath(new URL("../../examples/models/story", import.meta.url)));
    expect(() => nearest(story, "xylophone")).toThrow(
      /^nearest: "xylophone" is \d+ tokens, "x" .*; give a word that is one token of the vocabulary$/,
    );
    expect(() => nearest(source, "King")).toThrow(
      'nearest: "King" is not in the vocabulary; upper and lower case may differ',
    );
    expect(() => nearest(source, "")).toThrow('nearest: "" is not in the vocabulary');
    expect(() => analogy(source, "king", "man", "old woman")).toThrow(
      'analogy: "old woman" is 2 tokens, "[UNK]" "woman"',
    );
    expect(() => nearest(source, "zero")).toThrow('nearest: the vector of "zero" has no direction');
    expect(() => nearest({ vectors: tensor([[1, 2]]), tokenizer }, "king")).toThrow(
      'nearest: "king" is token 1, but there are vectors for 1 tokens',
    );
    const opposite = { vectors: tensor([[0], [2], [2], [1], [-1]]), tokenizer: tokenizerOf(["a", "b", "c", "d"]) };
    expect(() => analogy(opposite, "d", "d", "d")).not.toThrow();
    const turned = {
      vectors: tensor([
        [0, 1],
        [1, 0],
        [1, Math.sqrt(3)],
        [0, 1],
      ]),
      tokenizer: tokenizerOf(["a", "b", "c"]),
    };
    expect(analogy(turned, "a", "b", "b", { top: 3 }).map(({ word }) => word)).toEqual(["c"]);
  });

  it("say what a source must be", () => {
    const lines = { model: new Linear({ inFeatures: 2, outFeatures: 2 }), tokenizer };
    expect(() => nearest(lines, "king")).toThrow("nearest: the model, a Linear, has no Embedding; give its vectors");
    for (const wrong of [lines.model, tokenizer, vectors, "king", undefined])
      expect(() => nearest(wrong as never, "king")).toThrow(
        /^nearest: source must be what fromPretrained returned, or \{ vectors, tokenizer \}, not /,
      );
    expect(() => nearest(Promise.resolve(source) as never, "king")).toThrow(/not a Promise; await it$/);
    expect(() => nearest({ tokenizer } as never, "king")).toThrow("nearest: source has neither a model nor vectors");
    expect(() => nearest({ vectors: tensor([1]), tokenizer }, "king")).toThrow("must be [words, dModel]");
  });
});

describe("similar words of unusual vocabularies", () => {
  const vocab = { "[UNK]": 0, king: 1, queen: 2, man: 7, woman: 9 };
  const bare = tokenizerFromJson({ model: { type: "WordLevel", vocab, unk_token: "[UNK]" } });

  it("leave out ids that no token has, and the unknown token if the file does not call it special", () => {
    const found = nearest({ vectors: tensor(random(1).normal(60), [12, 5]), tokenizer: bare }, "king");
    expect(found.map(({ word }) => word).sort()).toEqual(["man", "queen", "woman"]);
  });

  it("may have vectors of any size", () => {
    const size = 2 ** 18;
    const found = nearest({ vectors: tensor(new Float32Array(3 * size).fill(1), [3, size]), tokenizer: bare }, "king");
    expect(found).toEqual([{ word: "queen", similarity: expect.closeTo(1, 6) }]);
  });
});
