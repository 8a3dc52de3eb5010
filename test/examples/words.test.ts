import { fileURLToPath } from "node:url";
import { tensor } from "transformer-blocks";
import { tokenizerFromJson } from "transformer-blocks/tokenizer";
import { describe, expect, it } from "vitest";
import {
  allAnalogies,
  analogies,
  analogyKinds,
  sentence,
  sentenceInWords,
  sentenceWords,
} from "../../examples/grammar";
import { loadWordVectors } from "../../examples/show/word-vectors";
import { random } from "../../src/tensor";
import { figureOf } from "../shipped-models/words";

const seeded = (seed: number) => {
  const source = random(seed);
  return () => source.next();
};
const draws = seeded(5);
const sentences = Array.from({ length: 10_000 }, () => sentenceInWords(draws));

describe("the sentences for word vectors", () => {
  it("use every word of their list, and no other", () => {
    expect(new Set(sentences.flat())).toEqual(sentenceWords());
  });

  it("begin with a capital letter and end with a full stop, and say the same in words", () => {
    for (let seed = 0; seed < 200; seed++) {
      const text = sentence(seeded(seed));
      expect(text).toMatch(/^\p{Lu}[\p{L} ,]+\.$/u);
      expect(text).not.toMatch(/ {2}|undefined|\b(?:a [aeiou]|an [^aeiou])/i);
      const plain = text.match(/\p{L}+/gu)!.map((word) => word.toLowerCase());
      expect(sentenceInWords(seeded(seed)).map((word) => word.toLowerCase())).toEqual(plain);
    }
  });

  it("never name both words of a pair that an analogy asks for", () => {
    const pairs = new Set(allAnalogies.map(({ words: [known], expected }) => `${known} ${expected}`));
    const named = sentences.flatMap((words) => words.flatMap((a) => words.map((b) => `${a} ${b}`)));
    expect(named.filter((pair) => pairs.has(pair))).toEqual([]);
  });
});

describe("the analogies", () => {
  it("are of five kinds, each with its words in the sentences", () => {
    expect(analogyKinds).toEqual(["royalty", "gender", "capital and country", "tense", "plural"]);
    const known = sentenceWords();
    for (const { words, expected } of allAnalogies) {
      expect([...words, expected].filter((word) => !known.has(word))).toEqual([]);
      expect(new Set([...words, expected]).size, words.join()).toBe(4);
    }
  });

  it("have the well-known ones among them", () => {
    const asked = new Map(allAnalogies.map(({ words, expected }) => [words.join(" "), expected]));
    expect(asked.get("king man woman")).toBe("queen");
    expect(asked.get("Italy France Paris")).toBe("Rome");
    expect(asked.get("swim walk walked")).toBe("swam");
    expect(asked.get("swam walked walking")).toBe("swimming");
    expect(asked.get("mouse cat cats")).toBe("mice");
  });

  it("are drawn in equal numbers of each kind, all different, the same for the same seed", () => {
    const drawn = analogies(seeded(1), 100);
    for (const kind of analogyKinds) expect(drawn.filter((one) => one.kind === kind)).toHaveLength(20);
    expect(new Set(drawn.map(({ words }) => words.join(" "))).size).toBe(100);
    expect(analogies(seeded(1), 100)).toEqual(drawn);
    expect(analogies(seeded(2), 100)).not.toEqual(drawn);
  });

  it("are counted as right only with the expected word", () => {
    const vocab = { "[UNK]": 0, king: 1, queen: 2, man: 3, woman: 4 };
    const tokenizer = tokenizerFromJson({ model: { type: "WordLevel", vocab, unk_token: "[UNK]" } });
    const source = {
      tokenizer,
      vectors: tensor([
        [0, 0],
        [9, 1],
        [9, -1],
        [1, 1],
        [1, -1],
      ]),
    };
    const asked = (words: [string, string, string], expected: string) => ({ kind: "gender", words, expected });
    const right = asked(["king", "man", "woman"], "queen");
    const wrong = asked(["queen", "king", "man"], "king");
    expect(figureOf(source, "hold", [right, wrong])).toEqual({
      ...{ what: "hold", count: 1, of: 2, least: 0.9 },
      wrong: ["queen − king + man = woman, expected: king"],
    });
  });
});

describe("the word vectors that ship", async () => {
  const words = await loadWordVectors(fileURLToPath(new URL("../../examples/models/words", import.meta.url)));

  it("know that king − man + woman is queen", () => {
    const asked = allAnalogies.filter(({ words: asked }) => asked.join(" ") === "king man woman");
    expect(figureOf(words, "queen", asked)).toMatchObject({ count: 1, of: 1 });
  });

  it("complete at least nine of ten analogies of each kind", () => {
    for (const kind of analogyKinds) {
      const asked = analogies(seeded(4), 100).filter((one) => one.kind === kind);
      expect(figureOf(words, kind, asked).count, kind).toBeGreaterThanOrEqual(18);
    }
  });
});
