import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Processor, processors, type ScoreContext } from "../../src/generation";
import { random } from "../../src/tensor";
import { every } from "./every-processor";

const context = (ids: readonly number[] = [0], more: Partial<ScoreContext> = {}): ScoreContext => ({
  ...{ ids, source: ids, step: 0, limit: 99, last: false, random: undefined, memory: new Map() },
  ...more,
});

/** The probabilities after a processor of scores with these probabilities. */
function shares(processor: Processor, before: readonly number[], at: ScoreContext): number[] {
  const weights = [...processor(Float32Array.from(before, Math.log), at)].map(Math.exp);
  const total = weights.reduce((a, b) => a + b);
  return weights.map((weight) => weight / total);
}

/** From tests/test-sampling.cpp of llama.cpp: probabilities before and after, with the tokens generated so far. */
const even = (count: number) => new Array<number>(count).fill(1 / count);
const dry = [
  { before: even(4), ids: [0, 1], options: { multiplier: 1, base: 1.1, allowedLength: 2 }, after: even(4) },
  {
    before: even(4),
    ids: [0, 1, 2, 0, 1],
    options: { multiplier: 1, base: 1.1, allowedLength: 2 },
    after: [0.296923, 0.296923, 0.109232, 0.296923],
  },
  {
    before: even(5),
    ids: [0, 1, 3, 4, 0, 1],
    options: { multiplier: 1, base: 1.1, allowedLength: 2, breakers: [3] },
    after: even(5),
  },
  {
    before: even(5),
    ids: [0, 1, 2, 0, 1],
    options: { multiplier: 2, base: 1.1, allowedLength: 2 },
    after: [0.241818, 0.241818, 0.032727, 0.241818, 0.241818],
  },
  {
    before: even(5),
    ids: [0, 1, 2, 3, 4, 0, 1],
    options: { multiplier: 1, base: 1.1, allowedLength: 4 },
    after: even(5),
  },
];
const penalties = [
  { ids: [0], after: [0.000011, 0.249997, 0.249997, 0.249997, 0.249997] },
  { ids: [0, 1, 2], after: [0.000023, 0.000023, 0.000023, 0.499966, 0.499966] },
  { ids: [0, 1, 2, 0, 0], after: [0, 0.000023, 0.000023, 0.499977, 0.499977] },
];
const descending = [0.4, 0.3, 0.2, 0.1];

describe("published numbers of llama.cpp", () => {
  const expectNear = (found: number[], after: readonly number[]) =>
    found.forEach((share, id) => void expect(share).toBeCloseTo(after[id]!, 4));

  it.each(dry)("dry $options after $ids", ({ before, ids, options, after }) =>
    expectNear(shares(processors.dry(options), before, context(ids)), after),
  );

  it.each(penalties)("frequencyPenalty 5 and presencePenalty 5 after $ids", ({ ids, after }) => {
    const at = context(ids, { step: ids.length });
    const both: Processor = (scores, of) =>
      processors.presencePenalty(5)(processors.frequencyPenalty(5)(scores, of), of);
    expectNear(shares(both, even(5), at), after);
  });

  it.each([
    { threshold: 0.09, kept: [3] },
    { threshold: 0.19, kept: [2, 3] },
    { threshold: 0.29, kept: [1, 2, 3] },
    { threshold: 0.39, kept: [0, 1, 2, 3] },
  ])("xtc $threshold keeps $kept", ({ threshold, kept }) => {
    const found = shares(
      processors.xtc({ threshold, probability: 1 }),
      descending,
      context([0], { random: random(1) }),
    );
    expect(found.flatMap((share, id) => (share > 0 ? [id] : []))).toEqual(kept);
  });

  it.each([
    { n: 1, after: [0, 0, 0.428571, 0.571429] },
    { n: 3, after: [0.1, 0.2, 0.3, 0.4] },
  ])("topNSigma $n", ({ n, after }) =>
    expectNear(shares(processors.topNSigma(n), [0.1, 0.2, 0.3, 0.4], context()), after),
  );
});

describe("frequencyPenalty and presencePenalty count new tokens, not those of the prompt", () => {
  it.each([processors.frequencyPenalty(2), processors.presencePenalty(2)])("%o", (processor) => {
    const scores = Float32Array.of(1, 1, 1);
    expect([...processor(scores, context([0, 0, 1], { step: 1 }))]).toEqual([1, -1, 1]);
    expect([...processor(scores, context([0, 0, 1]))]).toEqual([1, 1, 1]);
  });
});

const rows = fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 40 });

it("dry punishes by the longest repetition, as trying every earlier place shows", () => {
  fc.assert(
    fc.property(rows, fc.integer({ min: 0, max: 4 }), fc.boolean(), (ids, allowedLength, breaks) => {
      const breakers = breaks ? [3] : [];
      const expected = new Float32Array(4);
      for (let at = 0; at < ids.length - 1; at++) {
        let length = 0;
        while (
          length <= at &&
          ids[at - length] === ids[ids.length - 1 - length] &&
          !breakers.includes(ids[at - length]!)
        )
          length++;
        const next = ids[at + 1]!;
        if (length === 0 || length < allowedLength || breakers.includes(next)) continue;
        expected[next] = Math.min(expected[next]!, -(2 ** (length - allowedLength)));
      }
      const options = { multiplier: 1, base: 2, allowedLength, breakers };
      expect(processors.dry(options)(new Float32Array(4), context(ids))).toEqual(expected);
    }),
  );
});

describe("mirostat", () => {
  it("keeps the tokens whose surprise is below a bound that follows the error of each token, by the paper's formula", () => {
    const [tau, eta] = [1.2, 0.3];
    const processor = processors.mirostat({ tau, eta });
    const memory = new Map();
    const draws = random(5);
    let bound = 2 * tau;
    const ids = [0];
    for (let step = 0; step < 40; step++) {
      const scores = draws.normal(12).map((x) => 2 * x);
      const total = scores.reduce((sum, score) => sum + Math.exp(score), 0);
      const surprise = [...scores].map((score) => -Math.log2(Math.exp(score) / total));
      const kept = surprise.map((bits) => bits <= bound || bits === Math.min(...surprise));
      const found = processor(scores, context(ids, { step, memory }));
      expect([...found].map(Number.isFinite)).toEqual(kept);
      const chosen = kept.lastIndexOf(true);
      const left = surprise.reduce((sum, bits, id) => sum + (kept[id] ? 2 ** -bits : 0), 0);
      bound -= eta * (surprise[chosen]! + Math.log2(left) - tau);
      ids.push(chosen);
    }
  });

  it("keeps what it knows of a row in the row's memory, so that rows and copies do not disturb each other", () => {
    const processor = processors.mirostat({ tau: 1, eta: 1 });
    const scores = Float32Array.of(0, 1, 2, 3);
    const one = new Map();
    processor(scores, context([0], { memory: one }));
    const copy = new Map(one);
    const next = (memory: Map<object, unknown>, chosen: number) =>
      [...processor(scores, context([0, chosen], { step: 1, memory }))].filter(Number.isFinite).length;
    const kept = next(copy, 3);
    expect(next(new Map(one), 2)).not.toBe(kept);
    expect(next(one, 3)).toBe(kept);
  });
});

describe("xtc", () => {
  it("needs sampling, and says so", () => {
    const processor = processors.xtc({ threshold: 0.1, probability: 1 });
    expect(() => processor(Float32Array.of(1, 2), context())).toThrow(RangeError);
    expect(() => processor(Float32Array.of(1, 2), context())).toThrow("xtc: it draws random numbers");
  });

  it("excludes as often as its probability says", () => {
    const processor = processors.xtc({ threshold: 0.1, probability: 0.3 });
    const at = context([0], { random: random(3) });
    const scores = Float32Array.from(descending, Math.log);
    let excluded = 0;
    for (let i = 0; i < 10_000; i++) if (processor(scores, at)[0] === Number.NEGATIVE_INFINITY) excluded++;
    // Five standard deviations.
    expect(Math.abs(excluded - 3000)).toBeLessThan(5 * Math.sqrt(10_000 * 0.3 * 0.7));
  });
});

it("each processor is in the table of the laws", () => {
  expect(Object.keys(every).sort()).toEqual(
    Object.keys(processors)
      .filter((name) => name !== "detectWatermark")
      .sort(),
  );
});

describe.each(Object.entries(every))("%s", (_, processor) => {
  const finite = fc.integer({ min: -30, max: 30 }).map((score) => score / 4);
  const excludable = fc.oneof({ weight: 4, arbitrary: finite }, fc.constant(Number.NEGATIVE_INFINITY));
  const scoreRows = fc
    .array(excludable, { minLength: 4, maxLength: 60 })
    .filter((scores) => scores.some(Number.isFinite))
    .map((scores) => Float32Array.from(scores));

  it("writes into nothing that it is given, returns a score for each token, none of them NaN or Infinity", () => {
    fc.assert(
      fc.property(scoreRows, rows, fc.integer({ min: 0, max: 60 }), fc.boolean(), (scores, ids, steps, last) => {
        const before = [...scores];
        const given = [...ids];
        const step = Math.min(steps, ids.length - 1);
        const found = processor(scores, context(ids, { step, last, random: random(1) }));
        expect([...scores]).toEqual(before);
        expect(ids).toEqual(given);
        expect(found).toHaveLength(scores.length);
        expect(found.every((score) => score < Number.POSITIVE_INFINITY)).toBe(true);
      }),
      { numRuns: 60 },
    );
  });
});
