import { crossEntropy, initialize, Linear, ones, type Tensor } from "transformer-blocks";
import * as training from "transformer-blocks/training";
import {
  type AdamWOptions,
  adamW,
  type ClipOptions,
  clipGradients,
  constant,
  type DecayOptions,
  gradientNorm,
  type InverseSquareRootOptions,
  inverseSquareRoot,
  type SkipGramOptions,
  type StepOptions,
  skipGramBatches,
  type TrainOptions,
  train,
  type WarmupOptions,
  warmupCosine,
  warmupLinear,
} from "transformer-blocks/training";
import { describe, expect, it } from "vitest";

/** Wrong values for each option: a new option without a row does not compile. */
type Wrong<Options> = { readonly [Name in keyof Required<Options>]: readonly unknown[] };

const noNumber = [null, "1", true, [], {}, 1n, () => 1, Number.NaN, Number.POSITIVE_INFINITY];
const negative = [...noNumber, -1];
const noWhole = [...negative, 0.5, 2 ** 53];
const noFunction = [null, 1, "x", {}, [], true];
const any = (value: unknown) => value as never;

/** What no schedule that decays over five steps takes. */
const decay = {
  warmup: [...noWhole, 6],
  steps: [undefined, ...noWhole, 0],
  minimum: [...negative, 1.5],
} satisfies Wrong<DecayOptions>;

const model = initialize(new Linear({ inFeatures: 2, outFeatures: 3 }), { seed: 1 });
const gradients = () =>
  new Map<string, Tensor>([
    ["weight", ones([3, 2]) as Tensor],
    ["bias", ones([3]) as Tensor],
  ]);
const optimizer = adamW(model, { learningRate: 0.1 });

interface Called {
  call: (options: unknown) => unknown;
  good: object;
  wrong: Readonly<Record<string, readonly unknown[]>>;
  /** What other libraries call an option, and what it is called here. */
  others: Readonly<Record<string, string>>;
}

const betas = [
  ...noFunction.filter((value) => !Array.isArray(value)),
  [],
  [0.9],
  [0.9, 0.9, 0.9],
  [0.9, 1],
  [-0.1, 0.9],
  [0.9, Number.NaN],
  ["0.9", 0.9],
  [0.9, null],
];

const functions: Record<string, Called> = {
  adamW: {
    call: (options) => adamW(model, any(options)),
    good: { learningRate: 0.1 },
    wrong: {
      learningRate: [undefined, ...negative],
      betas,
      epsilon: [...negative, 0],
      weightDecay: negative,
      decays: noFunction,
      freeze: ["weight", 1, {}, ["x"], [1], [null], ["weight", "bias"]],
    } satisfies Wrong<AdamWOptions>,
    others: { lr: "learningRate", weight_decay: "weightDecay", wd: "weightDecay", eps: "epsilon", beta: "betas" },
  },
  "adamW's step": {
    call: (options) => adamW(model, { learningRate: 0 }).step(gradients(), any(options)),
    good: {},
    wrong: { learningRate: negative } satisfies Wrong<StepOptions>,
    others: { lr: "learningRate" },
  },
  clipGradients: {
    call: (options) => clipGradients(gradients(), any(options)),
    good: { maxNorm: 1 },
    wrong: { maxNorm: [undefined, ...negative, 0] } satisfies Wrong<ClipOptions>,
    others: { max_norm: "maxNorm", clip: "maxNorm" },
  },
  constant: {
    call: (options) => constant(any(options)),
    good: {},
    wrong: { warmup: noWhole } satisfies Wrong<WarmupOptions>,
    others: { warmupp: "warmup" },
  },
  skipGramBatches: {
    call: (options) => skipGramBatches([[0, 1, 2]], any(options)),
    good: { pairs: 4 },
    wrong: {
      pairs: [undefined, ...noWhole, 0],
      window: [...noWhole, 0],
      negatives: [...noWhole, 0],
      subsampling: [...negative, 0, 1.5],
      power: [...noNumber, 3],
    } satisfies Wrong<SkipGramOptions>,
    others: { batchSize: "pairs", windowSize: "window", sample: "subsampling" },
  },
  warmupLinear: {
    call: (options) => warmupLinear(any(options)),
    good: { steps: 5 },
    wrong: decay,
    others: { max_steps: "steps" },
  },
  warmupCosine: {
    call: (options) => warmupCosine(any(options)),
    good: { steps: 5 },
    wrong: decay,
    others: { numSteps: "steps" },
  },
  inverseSquareRoot: {
    call: (options) => inverseSquareRoot(any(options)),
    good: { warmup: 5 },
    wrong: { warmup: [undefined, ...noWhole, 0] } satisfies Wrong<InverseSquareRootOptions>,
    others: { warm_up: "warmup" },
  },
  train: {
    call: (options) => train(model, any(options)),
    good: { loss: () => crossEntropy(model.forward(ones([1, 2])), [0]), batches: [], steps: 0, optimizer },
    wrong: {
      loss: [undefined, ...noFunction],
      batches: [undefined, null, 1, "abc", {}, true, function* () {}, async function* () {}],
      steps: [undefined, ...noWhole],
      optimizer: [
        undefined,
        null,
        1,
        "adamW",
        {},
        { step: () => {} },
        adamW,
        adamW(initialize(new Linear({ inFeatures: 2, outFeatures: 3 }), { seed: 1 }), { learningRate: 1 }),
      ],
      schedule: noFunction,
      clip: [...negative, 0],
      accumulate: [...noWhole, 0],
      seed: noWhole,
      signal: [null, 1, "abort", {}, new AbortController(), { aborted: false }],
      onStep: noFunction,
      resume: [null, 1, "state.safetensors", {}, new ArrayBuffer(8), [1]],
    } satisfies Wrong<TrainOptions<unknown>>,
    others: {
      maxGradNorm: "clip",
      max_grad_norm: "clip",
      gradientAccumulationSteps: "accumulate",
      scheduler: "schedule",
      lossFn: "loss",
      dataset: "batches",
      maxSteps: "steps",
      abortSignal: "signal",
      callback: "onStep",
    },
  },
};

/** Engines say such things; a message of ours never does. */
const ENGINE =
  /is not a function|is not iterable|cannot read|undefined \(|not a constructor|cannot convert|right-hand side|operator/i;

async function refusal(call: () => unknown): Promise<Error> {
  try {
    await call();
  } catch (error) {
    expect(error instanceof TypeError || error instanceof RangeError, String(error)).toBe(true);
    expect((error as Error).message).not.toMatch(ENGINE);
    return error as Error;
  }
  return expect.fail("it was taken without a word");
}

describe("functions of training refuse, by name, options of the wrong kind or out of range", () => {
  it("every function that takes options is among them", () => {
    const known = new Set(Object.keys(functions));
    // `linear` is the old name of `warmupLinear`.
    const others = ["AdamW", "SkipGram", "gradientNorm", "linear"];
    expect(
      Object.keys(training)
        .filter((name) => !known.has(name))
        .toSorted(),
    ).toEqual(others);
  });

  it.each(Object.entries(functions))("%s: each wrong value of each option", async (name, { call, good, wrong }) => {
    await call(good);
    const before = [...model.weight.data];
    for (const [option, values] of Object.entries(wrong))
      for (const value of values) {
        const error = await refusal(() => call({ ...good, [option]: value }));
        expect(error.message).toMatch(name.split("'")[0]!);
        expect(error.message, String(value)).toMatch(new RegExp(option));
      }
    expect([...model.weight.data]).toEqual(before);
  });

  it.each(Object.entries(functions))("%s: options that are no object", async (_, { call }) => {
    for (const options of [null, 1, "x", [], () => {}])
      expect((await refusal(() => call(options))).message).toMatch(/options must be an object/);
  });

  it.each(Object.entries(functions))(
    "%s: names that it does not know, with the likely meaning",
    async (_, { call, good, others }) => {
      for (const [other, meant] of Object.entries(others)) {
        const { message } = await refusal(() => call({ ...good, [other]: 1 }));
        expect(message).toContain(`there is no option "${other}"; did you mean "${meant}"?`);
      }
      expect((await refusal(() => call({ ...good, zzzzz: 1 }))).message).toContain('no option "zzzzz"');
    },
  );
});

describe("functions of training refuse values of the wrong kind", () => {
  const wrongModels = [undefined, null, {}, "gpt", 1, Linear, optimizer];
  const wrongGradients = [
    undefined,
    null,
    1,
    "x",
    {},
    { value: 1, gradients: gradients() },
    [1],
    [["a"]],
    [["a", 1]],
    [[1, ones([1])]],
    new Map([["weight", [1, 2]]]),
    new Map([[1, ones([1])]]),
  ];

  it("of models", async () => {
    for (const wrong of wrongModels) {
      expect((await refusal(() => adamW(any(wrong), { learningRate: 1 }))).message).toMatch(/adamW: model must be/);
      const options = { loss: () => ones([]), batches: [], steps: 0, optimizer };
      expect((await refusal(() => train(any(wrong), any(options)))).message).toMatch(/train: model must be/);
    }
  });

  it("of gradients", async () => {
    for (const wrong of wrongGradients) {
      expect((await refusal(() => gradientNorm(any(wrong)))).message).toMatch(/gradientNorm: gradients must/);
      expect((await refusal(() => clipGradients(any(wrong), { maxNorm: 1 }))).message).toMatch(
        /clipGradients: gradients must/,
      );
      expect((await refusal(() => optimizer.step(any(wrong)))).message).toMatch(/adamW: gradients must/);
    }
    const twice = [
      ["weight", ones([1])],
      ["weight", ones([1])],
    ];
    expect((await refusal(() => gradientNorm(any(twice)))).message).toMatch(/two gradients of "weight"/);
    expect((await refusal(() => gradientNorm(any({ gradients: 1 })))).message).toMatch(/pass its field gradients/);
  });

  it("of an optimizer's state", async () => {
    for (const wrong of [
      undefined,
      null,
      {},
      [],
      1,
      new Map([["steps", 1]]),
      new Map([[1, ones([])]]),
      new Map([["steps", { shape: [] }]]),
    ])
      expect((await refusal(() => optimizer.load(any(wrong)))).message).toMatch(/adamW: state must/);
  });

  it("of a schedule's step", async () => {
    for (const schedule of [
      constant(),
      warmupLinear({ steps: 3 }),
      warmupCosine({ steps: 3 }),
      inverseSquareRoot({ warmup: 1 }),
    ])
      for (const step of [undefined, "1", Number.NaN, -1, null])
        expect((await refusal(() => schedule(any(step)))).message).toMatch(/step must be/);
  });

  it("from the callback that decides about decay", async () => {
    const undecided = adamW(model, { learningRate: 1, decays: any(() => {}) });
    const before = [...model.weight.data];
    expect((await refusal(() => undecided.step(gradients()))).message).toMatch(
      /decays\("weight", …\) must be true or false/,
    );
    expect([...model.weight.data]).toEqual(before);
  });

  it("from a schedule of one's own", async () => {
    for (const wrong of [undefined, "1", Number.NaN, -1, Number.POSITIVE_INFINITY, null]) {
      const options = {
        ...(functions.train!.good as TrainOptions<number>),
        batches: [0],
        steps: 1,
        schedule: any(() => wrong),
      };
      expect((await refusal(() => train(model, options))).message).toMatch(/the schedule gives .* at step 0/);
    }
  });
});
