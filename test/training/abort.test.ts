import { crossEntropy, initialize, Linear, ones } from "transformer-blocks";
import { adamW, type StepReport, type TrainOptions, train } from "transformer-blocks/training";
import { describe, expect, it } from "vitest";

const never = <Value>() => new Promise<Value>(() => {});
const make = () => initialize(new Linear({ inFeatures: 2, outFeatures: 3 }), { seed: 1 });

/** Starts a training, aborts it after its first step, and gives what it had come to by then. */
async function aborted(options: Partial<TrainOptions<number>>) {
  const model = make();
  const optimizer = adamW(model, { learningRate: 0.1 });
  const controller = new AbortController();
  const reports: StepReport[] = [];
  const started = performance.now();
  const running = train<number>(model, {
    loss: (index) => crossEntropy(model.forward(ones([1, 2])), [index % 3]),
    batches: (index) => index,
    steps: 5,
    optimizer,
    signal: controller.signal,
    ...options,
    onStep: (report) => {
      reports.push(report);
      setTimeout(() => controller.abort(new Error("enough")), 5);
      return options.onStep?.(report);
    },
  });
  await expect(running).rejects.toThrow("enough");
  expect(performance.now() - started).toBeLessThan(2000);
  return {
    values: [...model.weight.data],
    steps: optimizer.state().get("steps")!.item(),
    state: reports.at(-1)!.state(),
  };
}

/** An iterator that counts its endings, and gives 0 and then whatever `later` gives. */
function watched(later: () => Promise<IteratorResult<number>>, finish: () => unknown = () => ({ done: true })) {
  let taken = 0;
  const seen = { closed: 0 };
  const batches: AsyncIterable<number> = {
    [Symbol.asyncIterator]: () => ({
      next: () => (taken++ === 0 ? Promise.resolve({ value: 0, done: false }) : later()),
      return: async () => {
        seen.closed++;
        return finish() as IteratorResult<number>;
      },
    }),
  };
  return { batches, seen };
}

async function firstStep() {
  const model = make();
  const optimizer = adamW(model, { learningRate: 0.1 });
  const loss = () => crossEntropy(model.forward(ones([1, 2])), [0]);
  await train(model, { loss, batches: [0], steps: 1, optimizer });
  return [...model.weight.data];
}

describe("an abort is obeyed at once, and leaves the model as the last whole step left it", () => {
  const endless: Record<string, () => Partial<TrainOptions<number>>> = {
    "a function's batch never comes": () => ({ batches: (index) => (index === 0 ? 0 : never()) }),
    "a promise in a list never settles": () => ({ batches: [0, never<number>(), 2] }),
    "a stream never gives its next batch": () => ({ batches: watched(never).batches }),
    "a generator waits without end": () => ({
      batches: (async function* () {
        yield 0;
        await never();
      })(),
    }),
    "a stream neither gives a batch nor ends": () => ({ batches: watched(never, never).batches }),
    "a stream never gives its next batch, and cannot be closed": () => ({
      batches: watched(never, () => {
        throw new Error("cannot close");
      }).batches,
    }),
    "onStep never ends": () => ({ onStep: () => never() }),
    "the second of two accumulated batches never comes": () => ({
      accumulate: 2,
      batches: (index) => (index < 3 ? 0 : never()),
    }),
  };

  it.each(Object.entries(endless))("while %s", async (_, options) => {
    const { values, steps } = await aborted(options());
    expect(steps).toBe(1);
    expect(values).toEqual(await firstStep());
  });

  it("while batches are passed by to resume", async () => {
    const { state } = await aborted({ onStep: () => never() });
    const model = make();
    const { batches, seen } = watched(never);
    const running = train<number>(model, {
      loss: () => crossEntropy(model.forward(ones([1, 2])), [0]),
      batches: { [Symbol.asyncIterator]: () => ({ ...batches[Symbol.asyncIterator](), next: () => never() }) },
      steps: 5,
      optimizer: adamW(model, { learningRate: 0.1 }),
      signal: AbortSignal.timeout(5),
      resume: state,
    });
    await expect(running).rejects.toMatchObject({ name: "TimeoutError" });
    expect(seen.closed).toBe(1);
  });

  it("while a loss is computed: no further batch is asked for", async () => {
    const controller = new AbortController();
    const asked: number[] = [];
    const model = make();
    const running = train<number>(model, {
      loss: () => {
        controller.abort();
        return crossEntropy(model.forward(ones([1, 2])), [0]);
      },
      batches: (index) => {
        asked.push(index);
        return index === 0 ? 0 : never();
      },
      steps: 1,
      accumulate: 2,
      optimizer: adamW(model, { learningRate: 0.1 }),
      signal: controller.signal,
    });
    await expect(running).rejects.toMatchObject({ name: "AbortError" });
    expect([...asked, ...model.weight.data]).toEqual([0, ...make().weight.data]);
  });

  it("before anything is taken or changed", async () => {
    let taken = 0;
    const model = make();
    const running = train(model, {
      loss: () => crossEntropy(model.forward(ones([1, 2])), [0]),
      batches: () => taken++,
      steps: 1,
      optimizer: adamW(model, { learningRate: 0.1 }),
      signal: AbortSignal.abort(),
    });
    await expect(running).rejects.toMatchObject({ name: "AbortError" });
    expect([taken, ...model.weight.data]).toEqual([0, ...make().weight.data]);
  });
});

describe("iterators of batches are closed once", () => {
  const next = async () => ({ value: 1, done: false });
  const run = (batches: AsyncIterable<number>, options: Partial<TrainOptions<number>> = {}) => {
    const model = make();
    return train<number>(model, {
      loss: (index) => crossEntropy(model.forward(ones([1, 2])), [index]),
      batches,
      steps: 3,
      optimizer: adamW(model, { learningRate: 0.1 }),
      ...options,
    });
  };

  it("when all steps are done, waiting for it", async () => {
    let done = false;
    const { batches, seen } = watched(next, async () => {
      await new Promise((resolve) => setTimeout(resolve, 5));
      done = true;
      return { done: true };
    });
    await run(batches);
    expect([seen.closed, done]).toEqual([1, true]);
  });

  it("when an abort comes after the last step, which is not undone", async () => {
    const { batches, seen } = watched(next);
    const controller = new AbortController();
    const onStep = ({ step }: StepReport) => {
      if (step === 2) setTimeout(() => controller.abort(), 0);
    };
    await run(batches, { signal: controller.signal, onStep });
    expect([seen.closed, controller.signal.aborted]).toEqual([1, true]);
  });

  it("when an abort comes while they are waited for", async () => {
    const { batches, seen } = watched(never);
    await aborted({ batches });
    expect(seen.closed).toBe(1);
  });

  it.each<[string, Partial<TrainOptions<number>>]>([
    ["the loss fails", { loss: () => expect.fail("no") }],
    ["onStep fails", { onStep: () => expect.fail("no") }],
    ["the schedule fails", { schedule: () => Number.NaN }],
  ])("when %s, whose error is the one that comes, even if closing fails too", async (_, options) => {
    const { batches, seen } = watched(next, () => {
      throw new Error("cannot close");
    });
    await expect(run(batches, options)).rejects.not.toThrow("cannot close");
    expect(seen.closed).toBe(1);
  });

  it("but not when they ended or failed by themselves", async () => {
    const ended = watched(async () => ({ value: undefined, done: true }));
    await expect(run(ended.batches)).rejects.toThrow(/the batches ended after 1, but 3 are needed/);
    const failed = watched(async () => {
      throw new Error("the disk is gone");
    });
    await expect(run(failed.batches)).rejects.toThrow("the disk is gone");
    expect([ended.seen.closed, failed.seen.closed]).toEqual([0, 0]);
  });

  it("what is no iterator's result is refused", async () => {
    for (const wrong of [null, undefined, 5, "x", true]) {
      const { batches } = watched(async () => wrong as unknown as IteratorResult<number>);
      await expect(run(batches)).rejects.toThrow(/the iterator of batches returned .*, not \{ value, done \}/);
    }
  });
});
