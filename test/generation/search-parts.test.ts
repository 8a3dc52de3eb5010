import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sampleToken } from "../../src/generation/choose";
import { bestCandidates, drawnCandidates } from "../../src/generation/search/candidates";
import { inTurns } from "../../src/generation/search/in-turns";
import { earlierContinuation } from "../../src/generation/search/lookup";
import { tokenAfterProposal } from "../../src/generation/search/proposals";
import { random } from "../../src/tensor";
import { expectDistribution } from "./chi-square";

const logs = (shares: readonly number[]): Float32Array => Float32Array.from(shares, Math.log);

describe("a proposal does not change the distribution of the token, whatever it was drawn from", () => {
  const p = [0.5, 0.3, 0.15, 0.05, 0];
  const proposals = [
    { title: "the same", q: p },
    { title: "an opposite", q: [0.05, 0.05, 0.1, 0.3, 0.5] },
    { title: "a uniform", q: [0.2, 0.2, 0.2, 0.2, 0.2] },
    { title: "a certain", q: [0, 0, 1, 0, 0] },
    { title: "an impossible", q: [0, 0, 0, 0, 1] },
  ];

  it.each(proposals)("$title one", ({ q }) => {
    const [draft, own] = [random(1), random(2)];
    const counts = p.map(() => 0);
    for (let n = 0; n < 100_000; n++) {
      const proposal = { id: sampleToken(logs(q), draft), scores: logs(q) };
      counts[tokenAfterProposal(logs(p), proposal, own)]!++;
    }
    expectDistribution(counts, p);
  });

  it("as often as the distributions overlap, the proposal is taken", () => {
    const q = [0.1, 0.3, 0.35, 0.25, 0];
    const [draft, own] = [random(3), random(4)];
    let taken = 0;
    for (let n = 0; n < 100_000; n++) {
      const id = sampleToken(logs(q), draft);
      if (tokenAfterProposal(logs(p), { id, scores: logs(q) }, own) === id) taken++;
    }
    // Σ min(p, q) = 0.1 + 0.3 + 0.15 + 0.05
    expectDistribution([taken, 100_000 - taken], [0.6, 0.4]);
  });

  it("a certain one leaves the very tokens that are drawn without it", () => {
    const [one, other] = [random(5), random(5)];
    for (let n = 0; n < 100; n++)
      expect(tokenAfterProposal(logs(p), { id: n % 5 }, one)).toBe(sampleToken(logs(p), other));
  });
});

describe("candidates", () => {
  it("are the best of all beams, in order", () => {
    const score = fc.oneof({ weight: 5, arbitrary: fc.float({ noNaN: true }) }, fc.constant(Number.NEGATIVE_INFINITY));
    const beams = fc.array(fc.array(score, { minLength: 4, maxLength: 4 }), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(beams, fc.integer({ min: 1, max: 20 }), (rows, count) => {
        const best = bestCandidates(
          rows.map((row) => Float32Array.from(row)),
          count,
        );
        const sorted = rows.flat().filter((value) => value > Number.NEGATIVE_INFINITY);
        expect(best.map(({ score }) => score)).toEqual(sorted.sort((a, b) => b - a).slice(0, count));
        for (const { beam, id, score } of best) expect(rows[beam]![id]).toBe(score);
      }),
    );
  });

  it("are drawn without replacement, each with its share of what is left", () => {
    const p = [0.4, 0.3, 0.2, 0.1];
    const pairs = [
      [0, 1],
      [0, 2],
      [0, 3],
      [1, 2],
      [1, 3],
      [2, 3],
    ] as const;
    const shares = pairs.map(([a, b]) => (p[a]! * p[b]!) / (1 - p[a]!) + (p[b]! * p[a]!) / (1 - p[b]!));
    const totals = [logs(p.slice(0, 2)), logs(p.slice(2))];
    const counts = pairs.map(() => 0);
    const stream = random(6);
    for (let n = 0; n < 100_000; n++) {
      const drawn = drawnCandidates(totals, 2, stream).map(({ beam, id }) => 2 * beam + id);
      counts[pairs.findIndex(([a, b]) => drawn.includes(a) && drawn.includes(b))]!++;
    }
    expectDistribution(counts, shares);
  });

  it("are fewer where tokens are excluded", () => {
    const scores = Float32Array.of(1, Number.NEGATIVE_INFINITY, 2);
    expect(drawnCandidates([scores], 5, random(1)).map(({ id }) => id)).toEqual([2, 0]);
    expect(drawnCandidates([scores.fill(Number.NEGATIVE_INFINITY)], 5, random(1))).toEqual([]);
  });
});

describe("what follows the last tokens earlier in a text", () => {
  it.each<[string, number[], number, number, number[]]>([
    ["after the longest n-gram", [1, 2, 3, 9, 2, 4, 1, 2], 2, 2, [3, 9]],
    ["after a shorter one, if the longest is new", [7, 2, 5, 6, 9, 2], 2, 3, [5, 6]],
    ["the latest place with enough after it", [1, 5, 5, 1, 6, 6, 1], 2, 1, [6, 6]],
    ["as much as there is", [4, 8, 4], 5, 2, [8, 4]],
    ["nothing for a new token", [1, 2, 3], 4, 2, []],
    ["nothing for one token", [1], 4, 2, []],
    ["nothing if nothing is asked for", [1, 1, 1], 0, 2, []],
  ])("%s", (_, text, count, maxNgram, expected) => {
    expect(earlierContinuation(text, count, maxNgram)).toEqual(expected);
  });
});

it("rows take turns, and all end when the loop is left", async () => {
  const ended: string[] = [];
  async function* counting(name: string, count: number) {
    try {
      for (let n = 0; n < count; n++) yield `${name}${n}`;
    } finally {
      ended.push(name);
    }
  }
  const all: string[] = [];
  for await (const value of inTurns([counting("a", 3), counting("b", 1)])) all.push(value);
  expect(all).toEqual(["a0", "b0", "a1", "a2"]);
  for await (const value of inTurns([counting("c", 3), counting("d", 3)])) if (value === "d0") break;
  expect(ended).toEqual(["b", "a", "c", "d"]);
});
