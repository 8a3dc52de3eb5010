import { readFileSync } from "node:fs";
import * as fc from "fast-check";
import { constant, inverseSquareRoot, type Schedule, warmupCosine, warmupLinear } from "transformer-blocks/training";
import { describe, expect, it } from "vitest";

/** A schedule of transformers, and what it multiplies the learning rate by at each step. */
interface Case {
  schedule: string;
  arguments: { num_warmup_steps?: number; num_training_steps?: number };
  factors: number[];
}
const file = new URL("../fixtures/training/schedules.json", import.meta.url);
const cases: Case[] = JSON.parse(readFileSync(file, "utf8"));

/** Our schedule for each of transformers, given the same arguments. */
const schedules: Record<string, (given: Case["arguments"]) => Schedule> = {
  get_constant_schedule: () => constant(),
  get_constant_schedule_with_warmup: ({ num_warmup_steps: warmup }) => constant({ warmup }),
  get_linear_schedule_with_warmup: ({ num_warmup_steps: warmup, num_training_steps: steps = 0 }) =>
    warmupLinear({ warmup, steps }),
  get_cosine_schedule_with_warmup: ({ num_warmup_steps: warmup, num_training_steps: steps = 0 }) =>
    warmupCosine({ warmup, steps }),
  get_inverse_sqrt_schedule: ({ num_warmup_steps: warmup = 0 }) => inverseSquareRoot({ warmup }),
};

describe("schedules multiply the learning rate as those of transformers do", () => {
  it.each(cases)("$schedule $arguments", ({ schedule, arguments: given, factors }) => {
    const factor = schedules[schedule]!(given);
    factors.forEach((expected, step) => {
      expect(factor(step), `step ${step}`).toBeCloseTo(expected, 12);
    });
  });

  it("each of them is compared", () => {
    expect(new Set(cases.map(({ schedule }) => schedule))).toEqual(new Set(Object.keys(schedules)));
  });
});

describe("a schedule", () => {
  const decays = fc
    .record({
      warmup: fc.nat(20),
      more: fc.integer({ min: 1, max: 50 }),
      minimum: fc.double({ min: 0, max: 1, noNaN: true }),
    })
    .map(({ warmup, more, minimum }) => ({ warmup, steps: warmup + more, minimum }));

  it.each([warmupLinear, warmupCosine])("whose warmup takes all steps rises and is then at its minimum", (make) => {
    const factor = make({ warmup: 4, steps: 4, minimum: 0.25 });
    expect([0, 1, 2, 3, 4, 5].map(factor)).toEqual([0, 0.25, 0.5, 0.75, 0.25, 0.25]);
    expect(() => make({ warmup: 5, steps: 4 })).toThrow(/a warmup of 5 is longer than all 4 steps/);
  });

  it.each([
    { name: "warmupLinear", make: warmupLinear },
    { name: "warmupCosine", make: warmupCosine },
  ])("$name rises to 1, falls to the minimum and stays", ({ make }) => {
    fc.assert(
      fc.property(decays, ({ warmup, steps, minimum }) => {
        const factor = make({ warmup, steps, minimum });
        const factors = Array.from({ length: steps + 5 }, (_, step) => factor(step));
        expect(factors[warmup]).toBeCloseTo(1, 12);
        factors.slice(0, warmup).forEach((value, step) => {
          expect(value).toBeCloseTo(step / warmup, 12);
        });
        factors.slice(warmup + 1).forEach((value, i) => {
          expect(value).toBeLessThanOrEqual(factors[warmup + i]! + 1e-12);
        });
        for (const value of factors.slice(steps)) expect(value).toBeCloseTo(minimum, 12);
      }),
    );
  });

  it("inverseSquareRoot with 1 / √(dModel · warmup) is the original Transformer's", () => {
    const [dModel, warmup] = [512, 4000];
    const factor = inverseSquareRoot({ warmup });
    for (const step of [1, 100, 3999, 4000, 4001, 100_000])
      expect(factor(step) / Math.sqrt(dModel * warmup)).toBeCloseTo(
        dModel ** -0.5 * Math.min(step ** -0.5, step * warmup ** -1.5),
        12,
      );
  });

  it("refuses what is out of range", () => {
    for (const make of [warmupLinear, warmupCosine]) {
      expect(() => make({ steps: 0 })).toThrow(/steps must be a whole number of 1 or more, not 0/);
      expect(() => make({ steps: Number.NaN })).toThrow(RangeError);
      expect(() => make({ steps: 5, warmup: 1.5 })).toThrow(/warmup/);
      expect(() => make({ steps: 5, warmup: 6 })).toThrow(/warmup of 6 is longer than all 5/);
      expect(() => make({ steps: 5, minimum: 2 })).toThrow(/minimum/);
    }
    expect(() => constant({ warmup: -1 })).toThrow(RangeError);
    expect(() => inverseSquareRoot({ warmup: 0 })).toThrow(RangeError);
  });
});
