import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Processor } from "../../src/generation";
import { epsilonCutoff, etaCutoff, minP, temperature, topK, topP, typicalP } from "../../src/generation/processors";
import { random } from "../../src/tensor";

const run = (
  processor: Processor,
  scores: readonly number[],
  ids: readonly number[] = [],
  source: readonly number[] = [],
) => [
  ...processor(Float32Array.from(scores), {
    ids,
    source,
    step: 0,
    limit: 1,
    last: false,
    random: undefined,
    memory: new Map(),
  }),
];
const kept = (processor: Processor, scores: readonly number[]) =>
  run(processor, scores).flatMap((score, id) => (score === Number.NEGATIVE_INFINITY ? [] : [id]));

// What TopPLogitsWarper of transformers 5.18 keeps, in float32.
const ties = [
  { p: 0.5, scores: [0, 0, 0, 0], ids: [2, 3] },
  { p: 0.9, scores: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0], ids: [1, 2, 3, 4, 5, 6, 7, 8, 9] },
  { p: 0.3, scores: [1, 1, 0, 1], ids: [1, 3] },
  { p: 0.6, scores: [2, 2, 2, 0, 0], ids: [1, 2] },
  { p: 0.75, scores: [0, 0, 0, 0], ids: [1, 2, 3] },
  { p: 0.05, scores: [5, 5, 5], ids: [2] },
  { p: 1, scores: [0, -30, -200, 3], ids: [0, 1, 3] },
  { p: 0.6, scores: [1, 2, 1, 2, 1], ids: [1, 3] },
];

describe("ties are treated as transformers treats them", () => {
  it("topK keeps all that equal the k-th", () => expect(kept(topK(2), [1, 3, 2, 2, 0])).toEqual([1, 2, 3]));
  it.each(ties)("topP $p of $scores keeps $ids", ({ p, scores, ids }) => expect(kept(topP(p), scores)).toEqual(ids));
});

const scoreLists = fc
  .array(fc.integer({ min: -40, max: 40 }), { minLength: 1, maxLength: 12 })
  .map((scores) => scores.map((score) => score / 4));

describe("laws of processors", () => {
  it("each keeps the best token and changes no score that it keeps", () => {
    fc.assert(
      fc.property(
        scoreLists,
        fc.integer({ min: 1, max: 14 }),
        fc.double({ min: 1e-9, max: 1, noNaN: true }),
        (scores, k, p) => {
          for (const processor of [topK(k), topP(p)]) {
            const found = run(processor, scores);
            expect(found).toContain(Math.max(...scores));
            for (const [id, score] of found.entries()) expect([scores[id], Number.NEGATIVE_INFINITY]).toContain(score);
          }
        },
      ),
    );
  });

  it("topP takes tokens away from the worst upwards, and of equal ones the first, wherever they stand", () => {
    const few = fc.array(fc.integer({ min: -2, max: 2 }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(few, fc.double({ min: 0.01, max: 0.99, noNaN: true }), (scores, p) => {
        const order = [...scores.keys()].sort((a, b) => scores[a]! - scores[b]! || a - b);
        const total = scores.reduce((sum, score) => sum + Math.exp(score), 0);
        const share = (id: number) => Math.exp(scores[id]!) / total;
        const sums = order.map((_, i) => order.slice(0, i + 1).reduce((sum, id) => sum + share(id), 0));
        // At the very edge float32 decides.
        fc.pre(sums.every((sum) => Math.abs(sum - (1 - p)) > 1e-5));
        const stays = order.filter((_, i) => sums[i]! > 1 - p || i === order.length - 1);
        expect(kept(topP(p), scores)).toEqual(stays.sort((a, b) => a - b));
      }),
    );
  });

  /** Probabilities, their surprises −log p and the entropy, which is the mean surprise. */
  function measures(scores: readonly number[]) {
    const weights = scores.map(Math.exp);
    const total = weights.reduce((a, b) => a + b);
    const p = weights.map((weight) => weight / total);
    const surprise = p.map((x) => -Math.log(x));
    return { p, surprise, entropy: p.reduce((sum, x, i) => sum + x * surprise[i]!, 0) };
  }

  const bounds: Record<string, (x: number, of: ReturnType<typeof measures>) => number> = {
    "minP, p times the best": (x, { p }) => x * Math.max(...p),
    "epsilonCutoff, ε": (x) => x,
    "etaCutoff, min(ε, √ε · exp(−entropy))": (x, { entropy }) => Math.min(x, Math.sqrt(x) * Math.exp(-entropy)),
  };
  const makers = [minP, epsilonCutoff, etaCutoff];

  it.each(Object.entries(bounds).map(([name, bound], i) => ({ name, bound, make: makers[i]! })))(
    "tokens below a bound go, but the best stay: $name",
    ({ bound, make }) => {
      fc.assert(
        fc.property(scoreLists, fc.double({ min: 1e-3, max: 0.9, noNaN: true }), (scores, x) => {
          const found = measures(scores);
          const limit = bound(x, found);
          fc.pre(found.p.every((share) => Math.abs(share - limit) > 1e-9));
          const best = Math.max(...scores);
          const stays = [...scores.keys()].filter((id) => found.p[id]! >= limit || scores[id] === best);
          expect(kept(make(x), scores)).toEqual(stays);
        }),
      );
    },
  );

  it("typicalP keeps the tokens whose surprise is nearest to the entropy, up to its share", () => {
    fc.assert(
      fc.property(scoreLists, fc.double({ min: 0.01, max: 0.99, noNaN: true }), (scores, mass) => {
        const { p, surprise, entropy } = measures(scores);
        const distance = surprise.map((each) => Math.abs(each - entropy));
        const least = (limit: number) => p.reduce((sum, x, id) => sum + (distance[id]! < limit ? x : 0), 0);
        const apart = (a: number, b: number) => scores[a] === scores[b] || Math.abs(distance[a]! - distance[b]!) > 1e-9;
        fc.pre(scores.every((_, a) => scores.every((_, b) => apart(a, b))));
        fc.pre(distance.every((limit) => Math.abs(least(limit) - mass) > 1e-9));
        // A token stays where those that are nearer do not yet have the share.
        const stays = [...scores.keys()].filter((id) => least(distance[id]! - 1e-10) < mass);
        expect(kept(typicalP(mass), scores)).toEqual(stays);
      }),
    );
  });

  it("topP keeps at least the share p, and no more tokens than it takes", () => {
    fc.assert(
      fc.property(scoreLists, fc.double({ min: 0.01, max: 1, noNaN: true }), (scores, p) => {
        const weights = scores.map((score) => Math.exp(score - Math.max(...scores)));
        const total = weights.reduce((a, b) => a + b);
        const held = kept(topP(p), scores).map((id) => weights[id]! / total);
        const mass = held.reduce((a, b) => a + b);
        expect(mass).toBeGreaterThan(p - 1e-6);
        expect(mass - Math.min(...held)).toBeLessThan(p + 1e-6);
      }),
    );
  });

  it("a processor leaves its input as it was", () => {
    const scores = Float32Array.of(1, 2, 3);
    for (const processor of [temperature(0.5), topK(1), topP(0.1)])
      processor(scores, { ids: [], source: [], step: 0, limit: 1, last: false, random: undefined, memory: new Map() });
    expect([...scores]).toEqual([1, 2, 3]);
  });

  it("a temperature too low for float32 leaves the best token alone", () => {
    expect(kept(temperature(1e-320), [1, 3, 2])).toEqual([1]);
  });
});

describe("a large vocabulary is filtered as sorting all of it would", () => {
  const vocabSize = 3000;
  const shapes: Record<string, (x: number, id: number) => number> = {
    "like a model's": (x) => 3 * x,
    flat: (x) => x / 1000,
    "with ties": (x) => Math.round(4 * x) / 4,
    "with an outlier": (x, id) => (id === 17 ? -1e30 : x),
    "too far apart for float32": (x, id) => (id % 3 === 0 ? x : id % 3 === 1 ? -3e38 : 3e38),
    "mostly excluded": (x, id) => (id % 3 === 0 ? x : Number.NEGATIVE_INFINITY),
  };

  it.each(Object.entries(shapes))("%s", (_, shape) => {
    const scores = Array.from(random(8).normal(vocabSize), (x, id) => Math.fround(shape(x, id)));
    const best = Math.max(...scores);
    const weights = scores.map((score) => Math.exp(score - best));
    const total = weights.reduce((a, b) => a + b);
    const share = (id: number) => weights[id]! / total;
    const order = [...scores.keys()].sort((a, b) => scores[a]! - scores[b]! || a - b);
    for (const k of [1, 2, 50, 999, 2500]) {
      const least = scores[order.at(-k)!]!;
      expect(kept(topK(k), scores)).toEqual(
        [...scores.keys()].filter((id) => scores[id]! >= least && Number.isFinite(scores[id])),
      );
    }
    for (const p of [0.05, 0.5, 0.9, 0.99]) {
      let sum = 0;
      const stay = order.filter((id, i) => {
        sum += share(id);
        return sum > 1 - p || i === order.length - 1;
      });
      const found = kept(topP(p), scores);
      // Where the sum is within float32's rounding of the bound, one token more or less is right.
      expect(Math.abs(found.length - stay.length)).toBeLessThanOrEqual(1);
      const worst = Math.min(...found.map((id) => scores[id]!));
      expect(order.filter((id) => scores[id]! > worst).every((id) => found.includes(id))).toBe(true);
    }
    const entropy = scores.reduce((all, _, id) => (share(id) > 0 ? all - share(id) * Math.log(share(id)) : all), 0);
    const distance = scores.map((_, id) => Math.abs(-Math.log(share(id)) - entropy));
    for (const mass of [0.1, 0.6, 0.95]) {
      const nearest = [...scores.keys()].sort((a, b) => distance[a]! - distance[b]!);
      let sum = 0;
      const last = nearest.find((id) => {
        sum += share(id);
        return sum >= mass;
      })!;
      const stay = nearest.filter((id) => distance[id]! <= distance[last]! + 1e-12);
      const differ = kept(typicalP(mass), scores).length - stay.length;
      // Distances in float32 tie where those in float64 do not.
      expect(Math.abs(differ)).toBeLessThanOrEqual(3);
    }
  });
});
