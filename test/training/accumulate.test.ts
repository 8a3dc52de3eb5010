import { readFileSync } from "node:fs";
import * as fc from "fast-check";
import {
  add,
  binaryCrossEntropy,
  crossEntropy,
  divide,
  exp,
  initialize,
  klDivergence,
  Linear,
  logSoftmax,
  mean,
  meanSquaredError,
  multiply,
  negativeLogLikelihood,
  oneHot,
  ones,
  reshape,
  softmax,
  subtract,
  sum,
  type Tensor,
  tensor,
  valueAndGradients,
} from "transformer-blocks";
import { adamW, type CountedLoss, type StepReport, type TrainOptions, train } from "transformer-blocks/training";
import { describe, expect, it } from "vitest";

interface Rows {
  x: number[][];
  targets: number[];
}

interface Report {
  loss: number;
  norm: number;
  weight: number[][];
  bias: number[];
}

interface Golden {
  options: { lr: number; betas: [number, number]; eps: number; weight_decay: number };
  clip: number;
  classWeight: number[];
  start: { weight: number[][]; bias: number[] };
  steps: [Rows, Rows][];
  plain: Report[];
  weighted: Report[];
  frozen: Report[];
  skipped: Report[];
}

const golden: Golden = JSON.parse(readFileSync(new URL("../fixtures/training/steps.json", import.meta.url), "utf8"));
const { lr: learningRate, betas, eps: epsilon, weight_decay: weightDecay } = golden.options;
const options = { learningRate, betas, epsilon, weightDecay };

function started(): Linear {
  const model = new Linear({ inFeatures: 3, outFeatures: 5 });
  model.weight.assign(Float32Array.from(golden.start.weight.flat()));
  model.bias!.assign(Float32Array.from(golden.start.bias));
  return model;
}

const loss = (model: Linear, { x, targets }: Rows, weight?: Tensor): Tensor =>
  crossEntropy(model.forward(tensor(x) as Tensor), targets, weight && { weight });

function expectReports(found: Report[], expected: Report[]): void {
  expect(found).toHaveLength(expected.length);
  found.forEach(({ loss, norm, weight, bias }, i) => {
    const theirs = expected[i]!;
    expect(loss).toBeCloseTo(theirs.loss, 5);
    expect(norm).toBeCloseTo(theirs.norm, 5);
    expect([...weight.flat(), ...bias]).toEqual(
      [...theirs.weight.flat(), ...theirs.bias].map((value) => expect.closeTo(value, 5)),
    );
  });
}

const reportOf = (model: Linear, { loss, gradientNorm }: Pick<StepReport, "loss" | "gradientNorm">): Report => ({
  loss,
  norm: gradientNorm,
  weight: model.weight.toArray() as number[][],
  bias: [...model.bias!.data],
});

describe("batches that count differently, two for a step, beside PyTorch's one batch of both", () => {
  const both = golden.steps.flat();

  it.each<{ name: "plain" | "weighted" | "frozen"; weight?: Tensor; freeze?: string[] }>([
    { name: "plain" },
    { name: "weighted", weight: tensor(golden.classWeight) as Tensor },
    { name: "frozen", freeze: ["bias"] },
  ])("$name: the same losses, norms before clipping, and parameters", async ({ name, weight, freeze = [] }) => {
    const model = started();
    const reports: Report[] = [];
    await train<Rows>(model, {
      loss: (batch) => loss(model, batch, weight),
      batches: both,
      steps: 3,
      accumulate: 2,
      clip: golden.clip,
      optimizer: adamW(model, { ...options, freeze }),
      onStep: (report) => void reports.push(reportOf(model, report)),
    });
    expectReports(reports, golden[name]);
  });

  it("a parameter that a step has no gradient of stays, and its own steps are counted", async () => {
    const model = started();
    const optimizer = adamW(model, options);
    const { clipGradients } = await import("transformer-blocks/training");
    const reports = golden.steps.map(([a, b], step) => {
      const rows = { x: [...a.x, ...b.x], targets: [...a.targets, ...b.targets] };
      const over = step === 1 ? [model.weight] : model;
      const { value, gradients } = valueAndGradients(over, () => loss(model, rows));
      const clipped = clipGradients(gradients, { maxNorm: golden.clip });
      optimizer.step(clipped.gradients);
      // A state in between changes nothing.
      optimizer.load(optimizer.state());
      return reportOf(model, { loss: value.item(), gradientNorm: clipped.norm });
    });
    expectReports(reports, golden.skipped);
  });
});

/** The gradients that train gives an optimizer for a step, and its reported loss. */
async function stepOf<Batch>(
  model: Linear,
  loss: TrainOptions<Batch>["loss"],
  batches: Batch[],
): Promise<{ loss: number; gradients: Map<string, number[]> }> {
  const seen = new Map<string, number[]>();
  let reported = Number.NaN;
  await train<Batch>(model, {
    loss,
    batches,
    steps: 1,
    accumulate: batches.length,
    optimizer: {
      learningRate: 1,
      step: (gradients) => {
        for (const [path, { data }] of gradients) seen.set(path, [...data]);
      },
    },
    onStep: (report) => {
      reported = report.loss;
    },
  });
  return { loss: reported, gradients: seen };
}

function expectSame(a: Awaited<ReturnType<typeof stepOf>>, b: Awaited<ReturnType<typeof stepOf>>): void {
  expect(a.loss).toBeCloseTo(b.loss, 5);
  for (const [path, numbers] of b.gradients)
    expect(a.gradients.get(path), path).toEqual(numbers.map((value) => expect.closeTo(value, 5)));
}

/** Ways to write a loss over rows whose targets are partly ignored. */
const losses: Record<string, (model: Linear, rows: Rows) => Tensor | CountedLoss> = {
  "crossEntropy's mean": (model, rows) => loss(model, rows),
  "crossEntropy's mean, another index ignored": (model, { x, targets }) =>
    crossEntropy(
      model.forward(tensor(x) as Tensor),
      targets.map((target) => (target === -100 ? 77 : target)),
      { ignoreIndex: 77 },
    ),
  "crossEntropy with label smoothing and weights": (model, { x, targets }) =>
    crossEntropy(model.forward(tensor(x) as Tensor), targets, {
      labelSmoothing: 0.2,
      weight: tensor([1, 2, 0.5, 1, 3]),
    }),
  "crossEntropy of probabilities": (model, { x, targets }) =>
    crossEntropy(
      model.forward(tensor(x) as Tensor),
      softmax(
        oneHot(
          targets.map((target) => Math.max(0, target)),
          { classes: 5 },
        ),
      ),
    ),
  negativeLogLikelihood: (model, { x, targets }) =>
    negativeLogLikelihood(logSoftmax(model.forward(tensor(x) as Tensor)), targets),
  klDivergence: (model, { x, targets }) =>
    klDivergence(
      logSoftmax(model.forward(tensor(x) as Tensor)),
      oneHot(
        targets.map((target) => Math.max(0, target)),
        { classes: 5 },
      ),
      { reduction: "batchMean" },
    ),
  meanSquaredError: (model, { x }) => {
    const y: Tensor = model.forward(tensor(x) as Tensor);
    return meanSquaredError(y, ones(y.shape));
  },
  binaryCrossEntropy: (model, { x, targets }) =>
    binaryCrossEntropy(
      model.forward(tensor(x) as Tensor),
      oneHot(
        targets.map((target) => Math.max(0, target)),
        { classes: 5 },
      ),
      { positiveWeight: tensor(3) },
    ),
  "a sum divided by a number": (model, { x, targets }) =>
    divide(
      crossEntropy(model.forward(tensor(x) as Tensor), targets, { reduction: "sum" }),
      targets.filter((target) => target >= 0).length,
    ),
  "a mean over all elements": (model, { x }) => {
    const y = model.forward(tensor(x) as Tensor);
    return mean(multiply(y, y));
  },
  "a mean of a mean that is one number": (model, rows) => mean(reshape(loss(model, rows), [1])),
  "a multiple of a mean, and a number": (model, rows) => add(multiply(loss(model, rows), 0.5), 3),
  "a difference of two means over the same targets": (model, rows) =>
    subtract(loss(model, rows), multiply(loss(model, rows), 0.25)),
  "two means, of targets and of rows": (model, rows) => {
    const y = model.forward(tensor(rows.x) as Tensor);
    return add(add(loss(model, rows), multiply(mean(multiply(y, y)), 0.5)), 2);
  },
  "a mean of targets and a penalty on weights": (model, rows) =>
    add(loss(model, rows), multiply(mean(multiply(model.weight, model.weight)), 0.1)),
  "its own count": (model, rows) => ({
    loss: exp(loss(model, rows)),
    count: rows.targets.filter((target) => target >= 0).length,
  }),
};

const row = fc.record({
  x: fc.array(fc.integer({ min: -3, max: 3 }), { minLength: 3, maxLength: 3 }),
  target: fc.constantFrom(-100, 0, 1, 2, 3, 4),
});
const rowsOf = (rows: { x: number[]; target: number }[]): Rows => ({
  x: rows.map(({ x }) => x),
  targets: rows.map(({ target }) => target),
});
const counted = fc
  .array(row, { minLength: 1, maxLength: 6 })
  .filter((rows) => rows.some(({ target }) => target !== -100));

describe("accumulated batches weigh by what counts: gradients and loss of one batch of all", () => {
  const linear = Object.entries(losses).filter(([name]) => name !== "its own count");
  it.each(linear)("%s", async (_, loss) => {
    await fc.assert(
      fc.asyncProperty(fc.array(counted, { minLength: 2, maxLength: 4 }), async (parts) => {
        const model = initialize(new Linear({ inFeatures: 3, outFeatures: 5 }), { seed: 3 });
        const each = (rows: Rows) => loss(model, rows);
        const whole = await stepOf(model, each, [rowsOf(parts.flat())]);
        expectSame(await stepOf(model, each, parts.map(rowsOf)), whole);
      }),
      { numRuns: 15 },
    );
  });

  it("a loss that says its count weighs by it", async () => {
    const model = started();
    const [a, b] = golden.steps[0]!;
    const own = (rows: Rows) => losses["its own count"]!(model, rows);
    const [first, second, both] = [
      await stepOf(model, own, [a]),
      await stepOf(model, own, [b]),
      await stepOf(model, own, [a, b]),
    ];
    expect(both.loss).toBeCloseTo((6 * first.loss + second.loss) / 7, 5);
    for (const [path, numbers] of both.gradients)
      expect(numbers).toEqual(
        numbers.map((_, i) =>
          expect.closeTo((6 * first.gradients.get(path)![i]! + second.gradients.get(path)![i]!) / 7, 5),
        ),
      );
  });

  it("passes by a mean over nothing beside one that counts", async () => {
    const model = started();
    const [a, b] = golden.steps[0]!;
    const none = { x: [[1, 2, 3]], targets: [-100] };
    const each = losses["two means, of targets and of rows"]!;
    const whole = { x: [...none.x, ...a.x, ...b.x], targets: [-100, ...a.targets, ...b.targets] };
    const expected = await stepOf(model, (rows: Rows) => each(model, rows), [whole]);
    for (const batches of [
      [none, a, b],
      [a, b, none],
    ])
      expectSame(await stepOf(model, (rows: Rows) => each(model, rows), batches), expected);
    await expect(stepOf(model, (rows: Rows) => each(model, rows), [none, none])).rejects.toThrow(/no target counts/);
  });

  it("passes by a batch in which nothing counts, wherever it stands", async () => {
    const model = started();
    const [a, b] = golden.steps[0]!;
    const none = { x: [[1, 2, 3]], targets: [-100] };
    const each = (rows: Rows) => loss(model, rows);
    const expected = await stepOf(model, each, [a, b]);
    for (const batches of [
      [none, a, b],
      [a, none, b],
      [a, b, none],
    ])
      expectSame(await stepOf(model, each, batches), expected);
  });
});

describe("a loss whose count cannot be known is refused when batches are accumulated, and taken alone", () => {
  const unknown: Record<string, (model: Linear, rows: Rows) => Tensor> = {
    "a sum": (model, { x }) => sum(model.forward(tensor(x) as Tensor)),
    "a function of a mean": (model, rows) => exp(loss(model, rows)),
    "a mean and a sum": (model, rows) => add(loss(model, rows), sum(model.weight)),
    "a mean with another factor in each batch": (model, rows) => multiply(loss(model, rows), rows.x.length),
    "a product of two means": (model, rows) => multiply(loss(model, rows), loss(model, rows)),
    "a mean times what is learned": (model, rows) => multiply(loss(model, rows), sum(model.bias!)),
    "two means, and then one": (model, rows) =>
      rows.x.length > 3 ? add(loss(model, rows), loss(model, rows)) : loss(model, rows),
    "one mean, and then two": (model, rows) =>
      rows.x.length > 3 ? loss(model, rows) : add(loss(model, rows), loss(model, rows)),
    "a mean added in one batch and taken away in another": (model, rows) =>
      rows.x.length > 3
        ? add(loss(model, rows), loss(model, rows))
        : subtract(loss(model, rows), multiply(loss(model, rows), 1)),
    "a mean divided by what is learned": (model, rows) => divide(loss(model, rows), mean(model.weight)),
  };

  it.each([1e-8, 1e-3, 1, 1e6])("a mean times %d in one batch and 1 %% more in another", async (factor) => {
    const [a, b] = golden.steps[0]!;
    const run = (more: number) => {
      const model = started();
      const scaled = (rows: Rows) => multiply(loss(model, rows), rows === a ? factor : factor * more);
      return train<Rows>(model, {
        loss: scaled,
        batches: [a, b],
        steps: 1,
        accumulate: 2,
        optimizer: adamW(model, options),
      });
    };
    await expect(run(1.01)).rejects.toThrow(/\{ loss, count \}/);
    await expect(run(1)).resolves.toBeUndefined();
  });

  it.each(Object.entries(unknown))("%s", async (_, unknownLoss) => {
    const model = started();
    const before = [...model.weight.data];
    const [a, b] = golden.steps[0]!;
    const run = (accumulate: number) =>
      train<Rows>(model, {
        loss: (rows) => unknownLoss(model, rows),
        batches: [a, b],
        steps: 1,
        accumulate,
        optimizer: adamW(model, options),
      });
    await expect(run(2)).rejects.toThrow(TypeError);
    await expect(run(2)).rejects.toThrow(/\{ loss, count \}/);
    expect([...model.weight.data]).toEqual(before);
    await run(1);
    expect([...model.weight.data]).not.toEqual(before);
  });
});

describe("a step without a target that counts says so, and changes nothing", () => {
  const none = { x: [[1, 2, 3]], targets: [-100] };

  it.each([1, 3])("of %d batches", async (accumulate) => {
    const model = started();
    const optimizer = adamW(model, options);
    const [a] = golden.steps[0]!;
    let after: Uint8Array | undefined;
    const running = train<Rows>(model, {
      loss: (rows) => loss(model, rows),
      batches: (index) => (index < accumulate ? a : none),
      steps: 2,
      accumulate,
      optimizer,
      onStep: ({ state }) => {
        after = state();
      },
    });
    await expect(running).rejects.toThrow(RangeError);
    await expect(running).rejects.toThrow(/no target counts at step 1/);
    expect(optimizer.state().get("steps")!.item()).toBe(1);
    for (const [path, { data }] of model.parameters()) expect([...data].every(Number.isFinite), path).toBe(true);
    expect(after).toBeInstanceOf(Uint8Array);
  });

  it.each([
    ["a mean over no elements", (model: Linear) => mean(model.forward(tensor(new Float32Array(0), [0, 3])))],
    ["a count of 0", (model: Linear) => ({ loss: sum(model.weight), count: 0 })],
  ])("%s", async (_, loss) => {
    const model = started();
    const running = train(model, { loss: () => loss(model), batches: [0], steps: 1, optimizer: adamW(model, options) });
    await expect(running).rejects.toThrow(/no target counts at step 0/);
  });

  const targets = [-100, -100];
  const logits = (model: Linear) =>
    model.forward(
      tensor([
        [1, 2, 3],
        [4, 5, 6],
      ]),
    );
  const weight = tensor([1, 1, 0, 1, 1]);
  const ignored: Record<string, (model: Linear) => Tensor> = {
    "a sum": (model) => crossEntropy(logits(model), targets, { reduction: "sum" }),
    "a sum with label smoothing": (model) =>
      crossEntropy(logits(model), targets, { reduction: "sum", labelSmoothing: 0.1 }),
    "a sum of negative log likelihoods": (model) => negativeLogLikelihood(logits(model), targets, { reduction: "sum" }),
    "a sum that is divided by a number": (model) =>
      divide(crossEntropy(logits(model), targets, { reduction: "sum" }), 2),
    "a mean over rows of which all are ignored": (model) =>
      mean(crossEntropy(logits(model), targets, { reduction: "none" })),
    "a sum over classes whose weight is 0": (model) =>
      crossEntropy(logits(model), [2, 2], { weight, reduction: "sum" }),
    "a sum beside a penalty on weights": (model) =>
      add(crossEntropy(logits(model), targets, { reduction: "sum" }), mean(multiply(model.weight, model.weight))),
  };

  it.each(Object.entries(ignored))("%s, though it is a finite number", async (_, loss) => {
    const model = started();
    const before = [...model.weight.data];
    const optimizer = adamW(model, options);
    const running = train(model, { loss: () => loss(model), batches: [0], steps: 1, optimizer });
    await expect(running).rejects.toThrow(/no target counts at step 0.*\{ loss, count \}/);
    expect([...model.weight.data]).toEqual(before);
    // The caller may say that something else counts.
    const counted = { loss: () => ({ loss: loss(model), count: 1 }), batches: [0], steps: 1, optimizer };
    await train(model, counted);
    expect([...model.weight.data]).not.toEqual(before);
  });

  it("but not where one of several losses has a target, or a batch that is accumulated", async () => {
    const model = started();
    const optimizer = adamW(model, options);
    const some = () => add(ignored["a sum"]!(model), crossEntropy(logits(model), [1, -100], { reduction: "sum" }));
    await train(model, { loss: some, batches: [0], steps: 1, optimizer });
    const rows = (ids: number[]) => mean(crossEntropy(logits(model), ids, { reduction: "none" }));
    await train(model, { loss: rows, batches: [targets, [1, 2]], steps: 1, accumulate: 2, optimizer });
    await expect(
      train(model, { loss: rows, batches: [targets, targets], steps: 1, accumulate: 2, optimizer }),
    ).rejects.toThrow(/no target counts/);
  });

  it.each([
    [() => 3, /loss must return a Tensor or \{ loss, count \}, not 3/],
    [async () => tensor([1]), /must return a Tensor, not a promise/],
    [() => ({ loss: tensor([1]), count: -1 }), /count must be a finite number of 0 or more, not -1/],
    [() => ({ loss: tensor([1]), tokens: 1 }), /no option "tokens"/],
    [() => ({ loss: 1, count: 1 }), /loss must be a Tensor, not 1/],
  ] as [() => unknown, RegExp][])("a loss that gives something else is refused: %s", async (wrong, message) => {
    const model = started();
    const loss = wrong as () => Tensor;
    const running = train(model, { loss, batches: [0], steps: 1, optimizer: adamW(model, options) });
    await expect(running).rejects.toThrow(message);
  });
});
