import { expect, it } from "vitest";
import { type MergePair, MergeTable } from "../../../src/tokenizer/pipeline/models/merges";
import { TokenTrie } from "../../../src/tokenizer/vocabulary/token-trie";
import { Vocabulary } from "../../../src/tokenizer/vocabulary/vocabulary";

/**
 * What collides takes a few times as long as what does not, because less of it is in the cache. Where all of it stood in
 * one place of a table it would take eight thousand million comparisons: hundreds of times as long.
 */
const MOST = 30;

/** Seconds of the processor. */
function timeOf(work: () => void): number {
  const start = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1e6;
}

const BASE = 1 << 12;
/** A window of slots so small that a table of 2^18 has 128,000 pairs of numbers below {@link BASE} in it. */
const WINDOW = 1 << 11;
const MASK = (1 << 18) - 1;

/** How tables commonly hash two numbers. */
function usualHash(left: number, right: number): number {
  const hash = Math.imul(Math.imul(left, 0x9e3779b1) ^ right, 0x85ebca6b);
  return (hash ^ (hash >>> 15)) & MASK;
}

function collidingPairs(lefts: number, rights: number): [left: number, right: number][] {
  const pairs: [number, number][] = [];
  for (let left = 0; left < lefts; left++) {
    for (let right = 0; right < rights; right++) if (usualHash(left, right) < WINDOW) pairs.push([left, right]);
  }
  return pairs;
}

const FNV_START = 0x811c9dc5 | 0;

/** Goes on with FNV-1a, a usual hash of text, which this library uses where collisions cost nothing. */
function fnv(hash: number, text: string): number {
  let next = hash;
  for (let at = 0; at < text.length; at++) next = Math.imul(next ^ text.charCodeAt(at), 0x01000193);
  return next;
}

/** Two texts that lead from one hash to the same one. */
function twins(start: number): [one: string, other: string] {
  const seen = new Map<number, string>();
  for (let i = 0; ; i++) {
    const units = [i & 0x3ff, (i >> 10) & 0x3ff, Math.imul(i, 0x9e3779b1) >>> 20];
    const text = String.fromCharCode(...units.map((unit) => 0x4e00 + unit));
    const hash = fnv(start, text);
    const other = seen.get(hash);
    if (other !== undefined) return [other, text];
    seen.set(hash, text);
  }
}

it("128,000 tokens of one hash are set and found as fast as others", () => {
  let tokens = [""];
  for (let hash = FNV_START; tokens.length < 1 << 17; ) {
    const both = twins(hash);
    tokens = tokens.flatMap((token) => both.map((part) => token + part));
    hash = fnv(hash, both[0]);
  }
  expect(new Set(tokens.map((token) => fnv(FNV_START, token))).size).toBe(1);
  const others = tokens.map((token, index) => `${index}${token}`.slice(0, token.length));
  const setAndFind = (words: readonly string[]): void => {
    const vocabulary = Vocabulary.of(words);
    expect(words.every((word, id) => vocabulary.id(word) === id)).toBe(true);
  };
  expect(timeOf(() => setAndFind(tokens))).toBeLessThan(MOST * timeOf(() => setAndFind(others)));
});

it("128,000 merges of pairs that meet in one place are set and found as fast as others", () => {
  const base = Array.from({ length: BASE }, (_, id) => String.fromCharCode(0x4e00 + (id >> 6), 0x4e00 + (id & 63)));
  const setAndFind = (ids: readonly (readonly [number, number])[]): void => {
    const pairs = ids.map(([left, right]): MergePair => [base[left] as string, base[right] as string]);
    const vocabulary = Vocabulary.of([...base, ...pairs.map((pair) => pair.join(""))]);
    const merges = new MergeTable(vocabulary, vocabulary.toJson(), pairs, 0);
    expect(ids.every(([left, right], rank) => merges.rank(left, right) === rank)).toBe(true);
  };
  const colliding = collidingPairs(BASE, BASE);
  const others = colliding.map((_, index) => [index >> 11, index & 0x7ff] as const);
  expect(colliding.length).toBeGreaterThan(128_000);
  expect(timeOf(() => setAndFind(colliding))).toBeLessThan(MOST * timeOf(() => setAndFind(others)));
});

it("128,000 edges of a trie that meet in one place are set and found as fast as others", () => {
  const nodes = 1 << 8;
  const first = (node: number): string => String.fromCharCode(0x4e00 + node);
  const setAndFind = (edges: readonly (readonly [node: number, unit: number])[]): void => {
    const trie = new TokenTrie();
    // The first characters come first, so that their nodes have these numbers.
    for (let node = 1; node <= nodes; node++) trie.set(first(node), 0);
    edges.forEach(([node, unit], id) => void trie.set(first(node) + String.fromCharCode(unit), id));
    const idOf = (node: number, unit: number): number =>
      trie.value(trie.child(trie.child(TokenTrie.ROOT, 0x4e00 + node), unit));
    expect(edges.every(([node, unit], id) => idOf(node, unit) === id)).toBe(true);
  };
  const colliding = collidingPairs(nodes + 1, 0x10000).filter(([node]) => node > 0);
  const others = colliding.map((_, index) => [1 + (index >> 10), index & 0x3ff] as const);
  expect(colliding.length).toBeGreaterThan(128_000);
  expect(timeOf(() => setAndFind(colliding))).toBeLessThan(MOST * timeOf(() => setAndFind(others)));
});
