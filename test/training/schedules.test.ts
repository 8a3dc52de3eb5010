import { existsSync, readFileSync } from "node:fs";
import * as fc from "fast-check";
import { constant, inverseSquareRoot, type Schedule, warmupCosine, warmupLinear } from "transformer-blocks/training";
import { describe, expect, it } from "vitest";

interface Golden {
  schedule: string;
  kwargs: { num_warmup_steps?: number; num_training_steps?: number };
  base_lr: number;
  lrs: number[];
}

const ours: Record<string, (kwargs: Golden["kwargs"]) => Schedule> = {
  get_constant_schedule: () => constant(),
  get_constant_schedule_with_warmup: ({ num_warmup_steps: warmup }) => constant({ warmup }),
  get_linear_schedule_with_warmup: ({ num_warmup_steps: warmup, num_training_steps: steps = 0 }) =>
    warmupLinear({ warmup, steps }),
  get_cosine_schedule_with_warmup: ({ num_warmup_steps: warmup, num_training_steps: steps = 0 }) =>
    warmupCosine({ warmup, steps }),
  get_inverse_sqrt_schedule: ({ num_warmup_steps: warmup = 0 }) => inverseSquareRoot({ warmup }),
};

const file = new URL("../../../shared/data/goldens/literals.json", import.meta.url);
const goldens: Golden[] = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")).lr_schedules.cases : [];
const known = goldens.filter(({ schedule }) => schedule in ours);

describe.skipIf(goldens.length === 0)("beside transformers (skipped where ../shared/data is absent)", () => {
  it("every schedule has its golden numbers", () => {
    expect(known.map(({ schedule }) => schedule).toSorted()).toEqual(Object.keys(ours).toSorted());
  });

  it.each(known)("$schedule $kwargs", ({ schedule, kwargs, base_lr, lrs }) => {
    const factor = ours[schedule]!(kwargs);
    // The file prints two to three decimals.
    expect(lrs.map((_, step) => base_lr * factor(step))).toEqual(lrs.map((lr) => expect.closeTo(lr, 1)));
    expect(Math.max(...lrs.map((lr, step) => Math.abs(lr - base_lr * factor(step))))).toBeLessThan(0.01);
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
