import fc from "fast-check";
import { expect, it } from "vitest";
import { mergeWord } from "../../src/tokenizer/models/merge-word";
import { type MergePair, MergeTable, NO_MERGE } from "../../src/tokenizer/models/merges";
import { Vocabulary } from "../../src/tokenizer/vocabulary";
import { WordCache } from "../../src/tokenizer/word-cache";

/** Merges of the letters a and b in a random order: each joins two tokens there are by then. */
const tables = fc.array(fc.tuple(fc.nat(), fc.nat()), { maxLength: 40 }).map((choices) => {
  const tokens = ["a", "b"];
  const pairs: MergePair[] = [];
  for (const [i, j] of choices) {
    const [left, right] = [tokens[i % tokens.length] as string, tokens[j % tokens.length] as string];
    if (tokens.includes(left + right) || (left + right).length > 8) continue;
    tokens.push(left + right);
    pairs.push([left, right]);
  }
  const vocabulary = Vocabulary.of(tokens);
  return { vocabulary, merges: new MergeTable(vocabulary, pairs, 0) };
});

it("words of every length are merged as the definition says: the earliest merge first, of equals the leftmost", () => {
  const words = fc.array(fc.constantFrom("a", "b"), { maxLength: 120 });
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
      const cache = new WordCache<string>(8);
      for (const set of words) {
        cache.set(set, set);
        const text = `${before}${set}${before}`;
        expect(cache.get(text, before.length, before.length + set.length)).toBe(set);
        for (const other of words) expect([other, undefined]).toContain(cache.get(other, 0, other.length));
      }
    }),
  );
});

it("the cache forgets words when as many others come", () => {
  const cache = new WordCache<number>(8);
  const words = Array.from({ length: 100 }, (_, index) => `word ${index}`);
  words.forEach((word, index) => void cache.set(word, index));
  const known = words.filter((word) => cache.get(word, 0, word.length) !== undefined);
  expect(known.length).toBeLessThanOrEqual(8);
  expect(known.length).toBeGreaterThan(2);
});

it("a vocabulary finds a token, whole or in two parts, by the last id that it was set with", () => {
  const token = fc.string({ unit: fc.constantFrom("a", "b", "\u4e00"), maxLength: 6 });
  const tokens = fc.array(token, { maxLength: 600 });
  fc.assert(
    fc.property(tokens, token, token, fc.nat({ max: 3 }), (set, left, right, skip) => {
      const vocabulary = new Vocabulary();
      const ids = new Map<string, number>();
      set.forEach((value, id) => {
        vocabulary.set(value, id);
        ids.set(value, id);
      });
      for (const [value, id] of ids) expect(vocabulary.id(value)).toBe(id);
      expect(vocabulary.id(left)).toBe(ids.get(left));
      expect(vocabulary.idOfJoined(left, right, skip)).toBe(ids.get(left + right.slice(skip)));
    }),
  );
});
