import { describe, expect, it } from "vitest";
import { partOfPair, type Random, sentencePair, story, storyPieces } from "../../examples/grammar";
import { hash } from "../../examples/grammar/split";
import { heroes } from "../../examples/grammar/world";
import { explained, unknownWords } from "../../examples/show/prompt";
import { pieceTokenizer } from "../../examples/train/piece-tokenizer";
import { random } from "../../src/tensor";

const drawn = (name: string): Random => {
  const source = random(5).stream(name);
  return () => source.next();
};
const tokenizer = pieceTokenizer(storyPieces(), "<|endoftext|>");

describe("the storyteller's tokenizer", () => {
  const draw = drawn("stories");
  const stories = Array.from({ length: 1000 }, () => story(draw));

  it("has one token for each piece of every story, and gives the story back", () => {
    const pieces = storyPieces();
    for (const text of stories) {
      const { ids, tokens } = tokenizer.encode(text);
      expect(tokens.map((token) => token.replace("Ġ", " ")).filter((token) => !pieces.has(token))).toEqual([]);
      expect(tokenizer.decode(ids)).toBe(text);
    }
  });

  it("has one token for each name", () => {
    for (const { name } of heroes) expect(tokenizer.encode(` ${name}`).ids).toHaveLength(1);
  });

  it.each(["naïve", "👨‍👩‍👧 and 42", "Zoë\tasked:\n  why?", "ÄÖÜ ß 漢字"])("gives any other text back: %j", (text) => {
    expect(tokenizer.decode(tokenizer.encode(text).ids)).toBe(text);
  });
});

describe("words that the storyteller has never seen", () => {
  it.each([
    ["Once upon a time", []],
    ["Long ago a brave girl named Mia", []],
    ["Once upon a time a dragon named Mia", ["dragon"]],
    ["Once upon a time Zoe", ["Zoe"]],
    ["brave", ["brave"]], // no story begins with it
    ["x", ["x"]],
    ["Once upon a time, a dragon and a dragon", ["dragon"]],
    ["👨‍👩‍👧", ["👨‍👩‍👧"]],
    ["Once upon a time<|endoftext|>", ["<|endoftext|>"]],
  ])("in %j are %j", (text, unknown) => {
    expect(unknownWords(tokenizer, text)).toEqual(unknown);
  });

  it("are named, but not endlessly", () => {
    const said = explained(Array.from({ length: 1000 }, (_, i) => `${"long".repeat(1000)}${i}`));
    expect(said).toContain("and 995 more");
    expect(said.length).toBeLessThan(700);
  });
});

describe("pairs that are held out of training", () => {
  it("are chosen by FNV-1a of the German sentence, as published", () => {
    const published = { "": 0x811c9dc5, a: 0xe40c292c, b: 0xe70c2de5, foobar: 0xbf9cf968 };
    for (const [text, sum] of Object.entries(published)) expect(hash(text)).toBe(sum);
  });

  it("are about one in 32 to choose settings by, and one to report", () => {
    const draw = drawn("pairs");
    const parts = Array.from({ length: 4000 }, () => partOfPair(sentencePair(draw)));
    for (const part of ["choosing", "reporting"]) {
      const share = parts.filter((one) => one === part).length / 4000;
      expect(share).toBeGreaterThan(0.02);
      expect(share).toBeLessThan(0.045);
    }
  });
});
