import {
  dropout,
  type Ids,
  initialize,
  Linear,
  linear,
  mean,
  multiply,
  type Random,
  random,
  sqrt,
  subtract,
  sum,
  type Tensor,
  tensor,
} from "transformer-blocks";
import { adamW, type StepReport, type TrainOptions, train } from "transformer-blocks/training";
import { describe, expect, it, vi } from "vitest";

interface Points {
  x: Tensor;
  y: Tensor;
}

/** Rows of x, and y = x w for a fixed w. */
function points(seed: number, rows: number): Points {
  const x = tensor(random(seed).normal(rows * 3), [rows, 3]);
  return { x, y: linear(x, tensor([[1, -2, 3]])) };
}

const fresh = () => initialize(new Linear({ inFeatures: 3, outFeatures: 1 }), { seed: 2 });
const values = (model: Linear) => [...model.weight.data, ...model.bias!.data];

function squaredError(model: Linear, { x, y }: Points): Tensor {
  const error = subtract<readonly number[], readonly number[]>(model.forward(x), y);
  return mean(multiply<readonly number[], readonly number[]>(error, error));
}

function run(model: Linear, options: Partial<TrainOptions<Points>> = {}): Promise<void> {
  return train<Points>(model, {
    loss: (batch) => squaredError(model, batch),
    batches: (index) => points(index, 4),
    steps: 5,
    optimizer: adamW(model, { learningRate: 0.1 }),
    ...options,
  });
}

async function trained(options: Partial<TrainOptions<Points>> = {}): Promise<number[]> {
  const model = fresh();
  await run(model, options);
  return values(model);
}

const five = () => Array.from({ length: 5 }, (_, i) => points(i, 4));

describe("train", () => {
  it("takes batches from a list, a generator, a stream or a function alike", async () => {
    const expected = await trained();
    async function* stream() {
      yield* five();
    }
    expect(await trained({ batches: five() })).toEqual(expected);
    expect(await trained({ batches: new Set(five()) })).toEqual(expected);
    expect(await trained({ batches: stream() })).toEqual(expected);
    expect(await trained({ batches: async (index) => points(index, 4) })).toEqual(expected);
  });

  it("takes no more batches than it needs, and closes their source", async () => {
    let taken = 0;
    let closed = false;
    function* source() {
      try {
        for (;;) yield points(taken++, 4);
      } finally {
        closed = true;
      }
    }
    await trained({ batches: source() });
    expect([taken, closed]).toEqual([5, true]);
  });

  it("reports each step: the loss falls, the schedule multiplies, the norm is before clipping", async () => {
    const reports: StepReport[] = [];
    const schedule = (step: number) => 1 / (step + 1);
    const onStep = (report: StepReport) => void reports.push(report);
    await trained({ steps: 40, batches: () => points(1, 8), schedule, clip: 0.01, onStep });
    expect(reports.map(({ step }) => step)).toEqual(Array.from({ length: 40 }, (_, step) => step));
    expect(reports.map(({ learningRate }) => learningRate)).toEqual(reports.map((_, step) => 0.1 * schedule(step)));
    expect(reports.at(-1)!.loss).toBeLessThan(reports[0]!.loss);
    expect(reports[0]!.gradientNorm).toBeGreaterThan(1);
  });

  it("clips gradients, so that steps of a plain optimizer are no longer than allowed", async () => {
    const norms: number[] = [];
    const learningRate = 1;
    const optimizer = {
      learningRate,
      step: (gradients: Iterable<readonly [string, Tensor]>) => {
        norms.push(Math.hypot(...[...gradients].flatMap(([, { data }]) => [...data])));
      },
    };
    await trained({ optimizer, clip: 0.25 });
    expect(norms).toEqual(norms.map(() => expect.closeTo(0.25, 5)));
  });

  it("averages the gradients of accumulated batches, like one batch of all their rows", async () => {
    const whole = points(7, 12);
    const parts = [0, 1, 2].map((part) => ({
      x: tensor(whole.x.data.slice(part * 12, part * 12 + 12), [4, 3]),
      y: tensor(whole.y.data.slice(part * 4, part * 4 + 4), [4, 1]),
    }));
    const reports: StepReport[][] = [[], []];
    const once = await trained({ batches: () => whole, onStep: (report) => void reports[0]!.push(report) });
    const thrice = await trained({
      batches: (index) => parts[index % 3]!,
      accumulate: 3,
      onStep: (report) => void reports[1]!.push(report),
    });
    expect(thrice).toEqual(once.map((value) => expect.closeTo(value, 5)));
    expect(reports[1]!.map(({ loss }) => loss)).toEqual(reports[0]!.map(({ loss }) => expect.closeTo(loss, 4)));
    const norms = reports.map((run) => run.map(({ gradientNorm }) => gradientNorm));
    expect(norms[1]).toEqual(norms[0]!.map((norm) => expect.closeTo(norm, 3)));
    expect(norms[1]).toHaveLength(5);
  });

  it("gives the loss random numbers that depend on the seed and the batch's number", async () => {
    const drawn = async (seed?: number) => {
      const numbers: number[] = [];
      const model = fresh();
      const loss = (batch: Points, { rng }: { rng: Random }) => {
        numbers.push(rng.next());
        return squaredError(model, { ...batch, x: dropout(batch.x, { rate: 0.5, random: rng }) });
      };
      await run(model, { loss, accumulate: 2, seed });
      return { numbers, values: values(model) };
    };
    const first = await drawn(3);
    expect(new Set(first.numbers).size).toBe(10);
    expect(await drawn(3)).toEqual(first);
    expect((await drawn(4)).values).not.toEqual(first.values);
    expect(await drawn(0)).toEqual(await drawn());
  });

  it("lets timers run between steps", async () => {
    let ticks = 0;
    const timer = setInterval(() => ticks++, 1);
    const seen: number[] = [];
    await trained({ steps: 20, onStep: () => void seen.push(ticks) });
    clearInterval(timer);
    expect(seen.at(-1)).toBeGreaterThan(0);
  });

  it("waits for onStep", async () => {
    const order: string[] = [];
    const onStep = async ({ step }: StepReport) => {
      await new Promise((resolve) => setTimeout(resolve, 2));
      order.push(`report ${step}`);
    };
    await trained({
      steps: 2,
      batches: (index) => {
        order.push(`batch ${index}`);
        return points(index, 4);
      },
      onStep,
    });
    expect(order).toEqual(["batch 0", "report 0", "batch 1", "report 1"]);
  });

  it("does nothing in no steps", async () => {
    expect(await trained({ steps: 0, batches: [] })).toEqual(values(fresh()));
  });
});

describe("train stops with the model as the last whole step left it", () => {
  const after = (steps: number) => trained({ steps });

  it("when it is aborted between steps or batches", async () => {
    const controller = new AbortController();
    const model = fresh();
    const aborted = run(model, {
      signal: controller.signal,
      onStep: ({ step }) => {
        if (step === 1) controller.abort();
      },
    });
    await expect(aborted).rejects.toMatchObject({ name: "AbortError" });
    expect(values(model)).toEqual(await after(2));

    const halfway = new AbortController();
    const second = fresh();
    const batches = (index: number) => {
      if (index === 3) halfway.abort(new Error("enough"));
      return points(index, 4);
    };
    await expect(run(second, { batches, accumulate: 2, signal: halfway.signal })).rejects.toThrow("enough");
    expect(values(second)).toEqual(await trained({ steps: 1, accumulate: 2 }));
  });

  it("when the signal was aborted before", async () => {
    const model = fresh();
    await expect(run(model, { signal: AbortSignal.abort() })).rejects.toMatchObject({ name: "AbortError" });
    expect(values(model)).toEqual(values(fresh()));
  });

  it("when batches end early, saying how many came", async () => {
    const model = fresh();
    const running = run(model, { steps: 4, batches: five(), accumulate: 2 });
    await expect(running).rejects.toThrow(RangeError);
    await expect(running).rejects.toThrow(/ended after 5.*8 are needed/);
    expect(values(model)).toEqual(await trained({ steps: 2, accumulate: 2 }));
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY])("when a loss is %d, naming the step", async (bad) => {
    const model = fresh();
    let calls = 0;
    const loss = (batch: Points) => multiply(squaredError(model, batch), calls++ === 2 ? bad : 1);
    const running = run(model, { loss });
    await expect(running).rejects.toThrow(new RegExp(`loss is ${bad} at step 2`));
    expect(values(model)).toEqual(await after(2));
  });

  it.each<[string, (model: Linear, batch: Points) => Tensor]>([
    ["comes from another model", (_, batch) => squaredError(fresh(), batch)],
    ["is made of numbers", (model, batch) => tensor(squaredError(model, batch).item(), [])],
  ])("when the loss %s, and so depends on nothing that is trained", async (_, loss) => {
    const model = fresh();
    const running = run(model, { loss: (batch) => loss(model, batch) });
    await expect(running).rejects.toThrow(/the loss depends on no trained parameter at step 0/);
    expect(values(model)).toEqual(values(fresh()));
  });

  it("when a gradient is not finite though the loss is, whatever the optimizer", async () => {
    const model = fresh();
    const step = vi.fn();
    const running = run(model, {
      loss: () => sum(sqrt(multiply(model.weight, 0))),
      optimizer: { learningRate: 1, step },
    });
    await expect(running).rejects.toThrow(/the gradient of "weight" holds NaN; nothing was changed/);
    expect(step).not.toHaveBeenCalled();
  });

  it("when the loss throws or is no single number", async () => {
    const model = fresh();
    await expect(run(model, { loss: ({ x }) => model.forward(x) })).rejects.toThrow(/single number.*\[4, 1\]/);
    const fail = () => {
      throw new Error("no such word");
    };
    await expect(run(model, { loss: fail })).rejects.toThrow("no such word");
    await expect(run(model, { batches: fail })).rejects.toThrow("no such word");
    expect(values(model)).toEqual(values(fresh()));
  });

  it("when a schedule gives no learning rate", async () => {
    const model = fresh();
    await expect(run(model, { schedule: () => Number.NaN })).rejects.toThrow(
      /the schedule gives NaN.*learning rate NaN/,
    );
    expect(values(model)).toEqual(values(fresh()));
  });
});

describe("train refuses", () => {
  it("the optimizer of another model, and none at all", async () => {
    await expect(run(fresh(), { optimizer: adamW(fresh(), { learningRate: 0.1 }) })).rejects.toThrow(
      "belongs to another model",
    );
    await expect(run(fresh(), { optimizer: null as unknown as TrainOptions<Points>["optimizer"] })).rejects.toThrow(
      "optimizer is missing",
    );
    for (const wrong of [{}, { learningRate: 0.1 }, { learningRate: 0.1, step: 3 }, () => {}])
      await expect(run(fresh(), { optimizer: wrong as TrainOptions<Points>["optimizer"] })).rejects.toThrow(
        "optimizer must be an optimizer, such as adamW(model, …)",
      );
  });

  it.each([
    { options: { steps: 1.5 }, type: RangeError, message: /steps must be a whole number of 0 or more, not 1\.5/ },
    { options: { steps: -1 }, type: RangeError, message: /steps/ },
    { options: { steps: Number.NaN }, type: RangeError, message: /steps/ },
    { options: { accumulate: 0 }, type: RangeError, message: /accumulate must be a whole number of 1 or more/ },
    { options: { clip: 0 }, type: RangeError, message: /clip must be a finite number above 0/ },
    { options: { clip: Number.NaN }, type: RangeError, message: /clip/ },
    { options: { seed: -1 }, type: RangeError, message: /seed/ },
    { options: { batches: {} as Ids[] }, type: TypeError, message: /batches must be iterable or a function/ },
  ])("$options", async ({ options, type, message }) => {
    const running = trained(options as Partial<TrainOptions<Points>>);
    await expect(running).rejects.toThrow(type);
    await expect(running).rejects.toThrow(message);
  });
});
