import fc from "fast-check";
import { expect, it } from "vitest";
import { mergeWord } from "../../../src/tokenizer/pipeline/models/merge-word";
import { type MergePair, MergeTable, NO_MERGE } from "../../../src/tokenizer/pipeline/models/merges";
import { Vocabulary } from "../../../src/tokenizer/vocabulary/vocabulary";
import { WordCache } from "../../../src/tokenizer/vocabulary/word-cache";

/** Merges that join the letters a and b and what was joined before, in the order of learning or in any other. */
const choices = fc.array(fc.tuple(fc.nat(), fc.nat(), fc.nat()), { maxLength: 40 });
const tables = fc.tuple(choices, fc.boolean()).map(([chosen, inOrder]) => {
  const tokens = ["a", "b"];
  const merges: { pair: MergePair; place: number }[] = [];
  for (const [i, j, place] of chosen) {
    const pair: MergePair = [tokens[i % tokens.length] as string, tokens[j % tokens.length] as string];
    const joined = pair.join("");
    if (joined.length > 8) continue;
    if (!tokens.includes(joined)) tokens.push(joined);
    merges.push({ pair, place });
  }
  if (!inOrder) merges.sort((one, other) => one.place - other.place);
  const pairs = merges.map(({ pair }) => pair);
  const vocabulary = Vocabulary.of(tokens);
  return { vocabulary, merges: new MergeTable(vocabulary, vocabulary.toJson(), pairs, 0) };
});

it("words of every length are merged as the definition says: the earliest merge first, of equals the leftmost", () => {
  const letters = fc.constantFrom("a", "b");
  const words = fc.oneof(
    fc.array(letters, { maxLength: 60 }),
    fc.array(letters, { minLength: 257, maxLength: 400, size: "max" }),
    fc.integer({ min: 1, max: 400 }).map((length) => new Array<string>(length).fill("a")),
  );
  fc.assert(
    fc.property(tables, words, ({ vocabulary, merges }, letters) => {
      const places = letters.map((_, index) => index);
      const ids = letters.map((letter) => vocabulary.id(letter) as number);
      const merged = mergeWord({ ids: [...ids], starts: [...places], ends: places.map((at) => at + 1) }, merges);
      expect(merged.ids).toEqual(byDefinition(ids, merges));
      merged.ids.forEach((id, index) => {
        expect(letters.slice(merged.starts[index], merged.ends[index]).join("")).toBe(vocabulary.token(id));
      });
    }),
    { numRuns: 300 },
  );
});

function byDefinition(ids: readonly number[], merges: MergeTable): number[] {
  const result = [...ids];
  for (;;) {
    const ranks = result.map((id, index) =>
      index + 1 < result.length ? merges.rank(id, result[index + 1] as number) : NO_MERGE,
    );
    const applicable = ranks.filter((rank) => rank !== NO_MERGE);
    if (applicable.length === 0) return result;
    const best = Math.min(...applicable);
    result.splice(ranks.indexOf(best), 2, merges.made(best));
  }
}

it("the cache finds a word inside a text, the last one surely, and never takes one for another", () => {
  const word = fc.string({ unit: fc.constantFrom("a", "b", "\u4e00"), maxLength: 20 });
  fc.assert(
    fc.property(fc.array(word, { minLength: 1, maxLength: 40 }), word, (words, before) => {
      const cache = new WordCache<{ word: string }>(8);
      for (const set of words) {
        cache.set({ word: set });
        const text = `${before}${set}${before}`;
        expect(cache.get(text, before.length, before.length + set.length)).toEqual({ word: set });
        for (const other of words) expect([other, undefined]).toContain(cache.get(other, 0, other.length)?.word);
      }
    }),
  );
});

it("the cache forgets words when as many others come", () => {
  const cache = new WordCache<{ word: string }>(8);
  const words = Array.from({ length: 100 }, (_, index) => `word ${index}`);
  for (const word of words) cache.set({ word });
  const known = words.filter((word) => cache.get(word, 0, word.length) !== undefined);
  expect(known.length).toBeLessThanOrEqual(8);
  expect(known.length).toBeGreaterThan(2);
});

it("a vocabulary finds a token by the last id that it was set with", () => {
  const token = fc.string({ unit: fc.constantFrom("a", "b", "\u4e00"), maxLength: 6 });
  const tokens = fc.array(token, { maxLength: 600 });
  fc.assert(
    fc.property(tokens, token, (set, other) => {
      const vocabulary = new Vocabulary();
      const ids = new Map<string, number>();
      set.forEach((value, id) => {
        vocabulary.set(value, id);
        ids.set(value, id);
      });
      for (const [value, id] of ids) expect(vocabulary.id(value)).toBe(id);
      expect(vocabulary.id(other)).toBe(ids.get(other));
    }),
  );
});
