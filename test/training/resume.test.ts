import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  crossEntropy,
  type DecoderModel,
  FormatError,
  gpt,
  type Ids,
  initialize,
  Linear,
  type ModelConfig,
  Module,
  ones,
  quantize,
  random,
  ShapeError,
  type Tensor,
} from "transformer-blocks";
import { readSafetensors, writeDirectory, writeSafetensors } from "transformer-blocks/checkpoint";
import {
  type AdamWOptions,
  adamW,
  type Optimizer,
  type StepReport,
  type StoredTensors,
  type TrainOptions,
  train,
  warmupCosine,
  warmupLinear,
} from "transformer-blocks/training";
import { describe, expect, it } from "vitest";

const config = { vocabSize: 12, contextLength: 8, dModel: 8, heads: 2, layers: 2, dFeedForward: 16, dropout: 0.3 };
const STEPS = 4;
const usualSchedule = warmupCosine({ warmup: 2, steps: STEPS, minimum: 0.1 });

/** Batches of one or two rows, some targets ignored, from the batch's number alone. */
function batchOf(index: number): { inputs: Ids; targets: Ids } {
  const rng = random(100 + index);
  const rows = Array.from({ length: 1 + (index % 2) }, () => Array.from({ length: 6 }, () => rng.integer(12)));
  const targets = rows.map((row) => row.map((id, i) => (i % 3 === index % 3 ? -100 : (id * 5 + i) % 12)));
  return { inputs: rows, targets };
}

type Batch = ReturnType<typeof batchOf>;
type Settings = Partial<TrainOptions<Batch>> & { adamW?: Partial<AdamWOptions> };

interface Run {
  model: DecoderModel;
  optimizer: Optimizer;
  reports: StepReport[];
}

/** A model, an optimizer and what they came to. Another seed of the model: its values come from the state. */
async function run(settings: Settings = {}, model = gpt(config, { seed: settings.resume ? 2 : 1 })): Promise<Run> {
  const { adamW: changed, ...options } = settings;
  const optimizer = options.optimizer ?? adamW(model, { learningRate: 0.01, weightDecay: 0.1, ...changed });
  const reports: StepReport[] = [];
  await train<Batch>(model, {
    loss: ({ inputs, targets }, pass) => crossEntropy(model.forward(inputs, pass), targets),
    batches: batchOf,
    steps: STEPS,
    schedule: usualSchedule,
    clip: 1,
    accumulate: 2,
    seed: 5,
    ...options,
    optimizer,
    onStep: async (report) => {
      reports.push(report);
      await options.onStep?.(report);
    },
  });
  return { model, optimizer, reports };
}

const bits = (run: Pick<Run, "model" | "optimizer">) =>
  [...run.model.parameters(), ...run.optimizer.state!()].map(([path, { data }]) => [path, ...data]);
const summary = ({ reports }: Run) => reports.map(({ state: _, ...report }) => report);

/** Runs up to a step, and gives the state after it. */
async function stateAfter(steps: number, settings: Settings = {}): Promise<Uint8Array> {
  let state: Uint8Array | undefined;
  const onStep = (report: StepReport) => {
    if (report.step === steps - 1) state = report.state();
  };
  await run({ ...settings, onStep });
  return state!;
}

const count = STEPS * 2;
const sources: Record<string, () => TrainOptions<Batch>["batches"]> = {
  "a function of the number": () => batchOf,
  "a function that draws from the random numbers it is given": () => (_, rng) => batchOf(rng.integer(1000)),
  "a promise for each number": () => async (index) => batchOf(index),
  "a list": () => Array.from({ length: count }, (_, i) => batchOf(i)),
  "a generator that shuffles": () =>
    (function* () {
      for (const rng = random(8); ; ) yield batchOf(rng.integer(1000));
    })(),
  "a stream": () =>
    (async function* () {
      for (let i = 0; ; i++) yield batchOf(i);
    })(),
};

describe("a training that is resumed goes on bit for bit as if it had not stopped", () => {
  it.each(Object.entries(sources))("with batches from %s", async (_, batches) => {
    const states: Uint8Array[] = [];
    const whole = await run({ batches: batches(), onStep: ({ state }) => void states.push(state()) });
    for (const stop of [1, 3]) {
      const resumed = await run({ resume: states[stop - 1]!, batches: batches() });
      expect(summary(resumed)).toEqual(summary(whole).slice(stop));
      expect(bits(resumed)).toEqual(bits(whole));
    }
  });

  it.each<[string, Settings]>([
    ["no options", { schedule: undefined, clip: undefined, accumulate: undefined, seed: undefined }],
    ["frozen parameters", { adamW: { freeze: ["embedding.**", "blocks.0.**"] } }],
    ["some parameters that do not decay", { adamW: { decays: (_, { rank }) => rank > 1 } }],
  ])("with %s", async (_, settings) => {
    const whole = await run(settings);
    const resumed = await run({ ...settings, resume: await stateAfter(3, settings) });
    expect(bits(resumed)).toEqual(bits(whole));
  });

  it("twice, and from a state that was taken after an abort", async () => {
    const controller = new AbortController();
    const reports: StepReport[] = [];
    const onStep = (report: StepReport) => {
      reports.push(report);
      if (report.step === 1) controller.abort();
    };
    await expect(run({ onStep, signal: controller.signal })).rejects.toMatchObject({ name: "AbortError" });
    const first = reports.at(-1)!.state();
    const second = await stateAfter(3, { resume: first });
    const resumed = await run({ resume: second }, gpt(config, { seed: 9 }));
    expect(bits(resumed)).toEqual(bits(await run()));
  });

  it("in a model that has no values yet", async () => {
    const make = () => new Linear({ inFeatures: 2, outFeatures: 3 });
    const states: Uint8Array[] = [];
    const options = (model: Linear): TrainOptions<number> => ({
      loss: (index) => crossEntropy(model.forward(ones([1, 2])), [index % 3]),
      batches: (index) => index,
      steps: 4,
      optimizer: adamW(model, { learningRate: 0.1 }),
      onStep: ({ state }) => void states.push(state()),
    });
    const [whole, resumed] = [initialize(make(), { seed: 1 }), make()];
    await train(whole, options(whole));
    await train(resumed, { ...options(resumed), resume: states[1]! });
    expect([...resumed.weight.data, ...resumed.bias!.data]).toEqual([...whole.weight.data, ...whole.bias!.data]);
  });

  it("from one file that is written whole or not at all", async () => {
    const folder = await mkdtemp(join(tmpdir(), "training-"));
    try {
      const onStep = ({ state }: StepReport) => writeDirectory(folder, new Map([["training.safetensors", state()]]));
      const whole = await run({ onStep, steps: 3, schedule: undefined });
      expect((await readdir(folder)).filter((name) => !name.startsWith("."))).toEqual(["training.safetensors"]);
      const resume = await readFile(join(folder, "training.safetensors"));
      const resumed = await run({ resume, steps: 4, schedule: undefined });
      expect(summary(resumed).map(({ step }) => step)).toEqual([3]);
      expect(bits(whole)).not.toEqual(bits(resumed));
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it("also when the base is quantized and frozen, if it is the same", async () => {
    const wide = { ...config, dModel: 32, dFeedForward: 64 };
    const make = (seed = 1) => quantize(gpt(wide, { seed }), "q8");
    const settings = (model: DecoderModel) => {
      const frozen = [...model.parameters()].filter(([, { quantized }]) => quantized).map(([path]) => path);
      return { optimizer: adamW(model, { learningRate: 0.01, freeze: frozen }) };
    };
    const states: Uint8Array[] = [];
    const [first, second, other] = [make(), make(), make(2)];
    const whole = await run({ ...settings(first), onStep: ({ state }) => void states.push(state()) }, first);
    const resumed = await run({ ...settings(second), resume: states[2]! }, second);
    expect(bits(resumed)).toEqual(bits(whole));
    await expect(run({ ...settings(other), resume: states[2]! }, other)).rejects.toThrow(
      /values of the quantized parameter "embedding\.weight" have changed/,
    );
  });
});

describe("a state", () => {
  it("is one safetensors file of the parameters and the optimizer", async () => {
    const { tensors } = readSafetensors(await stateAfter(1));
    const { model } = await run({ steps: 0 });
    const paths = [...model.parameters().keys()];
    const names = [
      "optimizer.steps",
      ...paths.flatMap((path) => [`model.${path}`, `optimizer.first.${path}`, `optimizer.second.${path}`]),
    ];
    expect([...tensors.keys()].toSorted()).toEqual(names.toSorted());
  });

  it("is a copy: later steps do not change it, nor does resuming share it", async () => {
    const state = await stateAfter(2);
    const before = state.slice();
    expect(await stateAfter(2)).toEqual(before);
    await run({ resume: state });
    expect(state).toEqual(before);
  });

  it("gives an optimizer that keeps what it loads arrays of its own", async () => {
    const states: Uint8Array[] = [];
    const make = () => {
      let steps = 0;
      let kept = new Map<string, Tensor>([["momentum", ones([3])]]);
      return {
        learningRate: 1,
        step: () => kept.get("momentum")!.data.fill(++steps),
        state: () => kept,
        load: (state: StoredTensors) => {
          kept = state as Map<string, Tensor>;
        },
      };
    };
    await run({ optimizer: make(), onStep: ({ state }) => void states.push(state()) });
    const before = states[0]!.slice();
    await run({ optimizer: make(), resume: states[0]! });
    expect(states[0]).toEqual(before);
  });

  it("is always of the last whole step, whenever it is taken", async () => {
    const { reports } = await run();
    expect(reports[0]!.state()).toEqual(reports.at(-1)!.state());
    expect(await stateAfter(STEPS)).toEqual(reports[0]!.state());
  });

  it("needs an optimizer that has one", async () => {
    const optimizer = { learningRate: 1, step: () => {} };
    await expect(run({ optimizer, onStep: ({ state }) => void state() })).rejects.toThrow(
      /optimizer has no state\(\) and load\(\)/,
    );
  });
});

const metadataKey = "transformer-blocks.training";

/** A state that says something else. */
function changed(
  state: Uint8Array,
  change: (
    record: Record<string, unknown>,
    tensors: Map<string, { shape: readonly number[]; data: Float32Array }>,
  ) => void,
): Uint8Array {
  const { tensors, metadata } = readSafetensors(state);
  const record = JSON.parse(metadata[metadataKey]!);
  const values = new Map(
    [...tensors].map(([name, { shape, toFloat32 }]) => [name, { shape, data: toFloat32().slice() }]),
  );
  change(record, values);
  return writeSafetensors(values, { [metadataKey]: JSON.stringify(record) });
}

/** After three steps with the usual settings; computed once. */
let usual: Promise<Uint8Array> | undefined;
const usualState = (): Promise<Uint8Array> => {
  usual ??= stateAfter(3);
  return usual;
};

describe("a state that does not fit is refused by name, and nothing is changed", () => {
  const other: [string, Settings, RegExp][] = [
    ["accumulate", { accumulate: 1 }, /accumulate of the training was 2 when resume was saved, and is 1 now/],
    ["clip", { clip: undefined }, /clip of the training was 1 .* none now/],
    ["seed", { seed: 6 }, /seed of the training was 5 .* 6 now/],
    ["schedule", { schedule: warmupCosine({ warmup: 2, steps: 5, minimum: 0.1 }) }, /the schedule gave .* for step \d/],
    ["kind of schedule", { schedule: warmupLinear({ steps: STEPS }) }, /the schedule gave 0 for step 0 .* gives 1 now/],
    ["schedule in the middle alone", { schedule: (step) => (step === 2 ? 3 : usualSchedule(step)) }, /for step 2/],
    ["no schedule", { schedule: undefined }, /the schedule gave/],
    ["learning rate", { adamW: { learningRate: 0.02 } }, /learningRate of the optimizer was 0\.01 .* 0\.02 now/],
    ["betas", { adamW: { betas: [0.9, 0.99] } }, /betas of the optimizer was/],
    ["weight decay", { adamW: { weightDecay: 0 } }, /weightDecay of/],
    ["choice of what decays", { adamW: { decays: () => false } }, /undecayed of/],
    [
      "choice of what is frozen",
      { adamW: { freeze: ["norm.**"] } },
      /frozen of the optimizer was \[\] .* \[norm\.weight, norm\.bias\] now/,
    ],
    ["length that is over", { steps: 3 }, /after step 3, and steps, 3, counts all steps from the first one; use 4/],
  ];

  /** Expects a refusal, and a model and optimizer that are as they were. */
  async function expectRefusal(
    resume: Uint8Array,
    settings: Settings,
    type: new (...args: never[]) => Error,
    message: RegExp,
  ) {
    const { adamW: options, ...rest } = settings;
    const model = gpt(config, { seed: 3 });
    const optimizer = adamW(model, { learningRate: 0.01, weightDecay: 0.1, ...options });
    // Moments of its own, so that changed ones would show.
    await run({ steps: 1, optimizer, schedule: undefined }, model);
    const before = bits({ model, optimizer });
    const running = run({ ...rest, optimizer, resume }, model);
    await expect(running).rejects.toThrow(type);
    await expect(running).rejects.toThrow(message);
    expect(bits({ model, optimizer })).toEqual(before);
  }

  it.each(other)("another %s", async (_, settings, message) => {
    await expectRefusal(await usualState(), settings, RangeError, message);
  });

  it.each<[Partial<ModelConfig>, RegExp]>([
    [{ dropout: 0 }, /embeddingDropout of the model was 0\.3 when resume was saved, and is 0 now/],
    [{ heads: 1 }, /heads of the model was 2 .* 1 now/],
    [{ activation: "silu" }, /activation of the model was geluTanh .* silu now/],
    [{ position: "sinusoidal" }, /resume has the parameter "position.weight"/],
    [{ epsilon: 1e-6 }, /attentionNorm\.epsilon of the model was 0\.00001 .* 0\.000001 now/],
    [{ endTokens: [3] }, /endTokens\.0 of the model was none .* 3 now/],
  ])("a model with other settings, by the setting's path: %o", async (settings, message) => {
    const state = await usualState();
    const model = gpt({ ...config, ...settings }, { seed: 1 });
    const before = [...model.parameters()].map(([, { data }]) => [...data]);
    const running = run({ resume: state }, model);
    await expect(running).rejects.toThrow(RangeError);
    await expect(running).rejects.toThrow(message);
    expect([...model.parameters()].map(([, { data }]) => [...data])).toEqual(before);
  });

  it("a module of one's own with other settings, wherever they lie; what changes while it trains does not count", async () => {
    class Own extends Module {
      readonly layer = new Linear({ inFeatures: 2, outFeatures: 3 });
      calls = 0;
      constructor(readonly options: { scales: number[]; limit: number; name?: string }) {
        super();
      }
      forward(x: Tensor) {
        this.calls++;
        return this.layer.forward(x);
      }
    }
    const states: Uint8Array[] = [];
    const trained = async (options: Own["options"], resume?: Uint8Array) => {
      const model = initialize(new Own(options), { seed: 1 });
      await train(model, {
        loss: () => crossEntropy(model.forward(ones([1, 2])), [1]),
        ...{ batches: () => 0, steps: 2, optimizer: adamW(model, { learningRate: 0.1 }), resume },
        onStep: ({ state }) => void states.push(state()),
      });
    };
    const options = { scales: [1, 2], limit: Number.POSITIVE_INFINITY, name: "a" };
    await trained(options);
    await trained({ ...options }, states[0]);
    await expect(trained({ ...options, scales: [1, 3] }, states[0])).rejects.toThrow(
      /options\.scales\.1 of the model was 2/,
    );
    await expect(trained({ ...options, limit: 5 }, states[0])).rejects.toThrow(
      /limit of the model was Infinity .* 5 now/,
    );
    await expect(trained({ scales: [1, 2], limit: options.limit }, states[0])).rejects.toThrow(
      /name .* was a .* none now/,
    );
  });

  it("another model, by the parameter's path", async () => {
    const state = await usualState();
    for (const [sizes, type, message] of [
      [{ layers: 1 }, RangeError, /resume has the parameter "blocks\.1\.[^"]+", which the model lacks/],
      [{ layers: 3 }, RangeError, /resume has no parameter "blocks\.2\.[^"]+", which the model has/],
      [{ dFeedForward: 24 }, ShapeError, /"blocks\.0\.feedForward\.[^"]+" has shape \[16.*\[24/],
    ] as const) {
      const model = gpt({ ...config, ...sizes }, { seed: 1 });
      const before = [...model.parameters()].map(([, { data }]) => [...data]);
      const running = run({ resume: state }, model);
      await expect(running).rejects.toThrow(type);
      await expect(running).rejects.toThrow(message);
      expect([...model.parameters()].map(([, { data }]) => [...data])).toEqual(before);
    }
  });

  it("fewer frozen parameters than then", async () => {
    const state = await stateAfter(3, { adamW: { freeze: ["norm.**"] } });
    await expectRefusal(state, {}, RangeError, /frozen of the optimizer was \[norm\.weight, norm\.bias\] .* \[\] now/);
  });

  it("weights that are quantized now and were not then, or the other way round", async () => {
    const make = (quantized: boolean) => {
      const model = gpt({ ...config, dModel: 32 }, { seed: 1 });
      const freeze = ["embedding.weight", "position.weight", "**.attention.*.weight", "blocks.*.feedForward.up.weight"];
      if (quantized) quantize(model, "q8");
      return { model, optimizer: adamW(model, { learningRate: 0.01, freeze }) };
    };
    for (const quantized of [true, false]) {
      const [then, now] = [make(quantized), make(!quantized)];
      const states: Uint8Array[] = [];
      await run({ optimizer: then.optimizer, onStep: ({ state }) => void states.push(state()) }, then.model);
      const before = bits(now);
      await expect(run({ optimizer: now.optimizer, resume: states[0]! }, now.model)).rejects.toThrow(
        `the parameter "embedding.weight" was ${quantized ? "" : "not "}quantized when resume was saved`,
      );
      expect(bits(now)).toEqual(before);
    }
  });

  it("another optimizer", async () => {
    const optimizer = { learningRate: 0.01, step: () => {}, state: () => new Map(), load: () => {} };
    await expect(run({ resume: await usualState(), optimizer })).rejects.toThrow(
      /kind of the optimizer was AdamW .* none now/,
    );
  });

  type Change = Parameters<typeof changed>[1];
  const lies: [string, Change, new (...args: never[]) => Error, RegExp][] = [
    [
      "a moment is missing",
      (_, tensors) => void tensors.delete("optimizer.second.norm.bias"),
      RangeError,
      /"second\.norm\.bias"/,
    ],
    [
      "a moment is of nothing",
      (_, tensors) => void tensors.set("optimizer.first.x", { shape: [1], data: Float32Array.of(1) }),
      RangeError,
      /"first\.x", which belongs to no trained parameter/,
    ],
    [
      "a moment is NaN",
      (_, tensors) => void tensors.get("optimizer.first.norm.bias")!.data.fill(Number.NaN),
      RangeError,
      /"first\.norm\.bias" holds NaN/,
    ],
    [
      "a mean of squares is negative",
      (_, tensors) => void tensors.get("optimizer.second.norm.bias")!.data.fill(-1),
      RangeError,
      /"second\.norm\.bias".*below 0/,
    ],
    [
      "a parameter is infinite",
      (_, tensors) => void tensors.get("model.norm.bias")!.data.fill(Number.POSITIVE_INFINITY),
      RangeError,
      /"norm\.bias" holds Infinity/,
    ],
    [
      "a parameter is missing",
      (_, tensors) => void tensors.delete("model.norm.bias"),
      RangeError,
      /no parameter "norm\.bias"/,
    ],
    ["its version is another", (record) => void Object.assign(record, { version: 2 }), FormatError, /version 2/],
    ["its step is no step", (record) => void Object.assign(record, { step: -1 }), FormatError, /step -1/],
    ["a part is missing", (record) => void delete record.train, FormatError, /resume: metadata/],
    [
      "its schedule is none",
      (record) => void Object.assign(record, { schedule: [3] }),
      RangeError,
      /the schedule gave/,
    ],
  ];

  it.each(lies)("%s", async (_, change, type, message) => {
    await expectRefusal(changed(await usualState(), change), {}, type, message);
  });

  it("bytes that are something else", async () => {
    await expectRefusal(new Uint8Array(7), {}, FormatError, /resume: byte 0/);
    await expectRefusal(writeSafetensors({}), {}, FormatError, /no metadata "transformer-blocks\.training"/);
    await expectRefusal(writeSafetensors({}, { [metadataKey]: "{" }), {}, FormatError, /resume: metadata/);
    await expectRefusal(writeSafetensors({}, { [metadataKey]: "null" }), {}, FormatError, /resume: metadata/);
  });

  it("batches that end before the place where it stopped", async () => {
    const running = run({ resume: await usualState(), batches: [batchOf(0)] });
    await expect(running).rejects.toThrow(/the batches ended after 1, but 8 are needed/);
  });
});

describe("an optimizer's state", () => {
  it("goes through a safetensors file, as readSafetensors gives it", async () => {
    const { model, optimizer } = await run();
    const file = writeSafetensors(optimizer.state!());
    const loaded = adamW(model, { learningRate: 0.01 });
    loaded.load(readSafetensors(file).tensors);
    expect([...loaded.state().keys()].toSorted()).toEqual([...optimizer.state!().keys()].toSorted());
    for (const [name, { data }] of optimizer.state!()) expect(loaded.state().get(name)!.data, name).toEqual(data);
  });
});

describe("an optimizer of one's own", () => {
  /** As AdamW, but for its settings and what it lacks. */
  function own(model: DecoderModel, { without = [] as ("state" | "load")[], settings = {} }): Optimizer {
    const inner = adamW(model, { learningRate: 0.01 });
    const optimizer: Optimizer = {
      ...{ model, settings, learningRate: inner.learningRate, step: inner.step.bind(inner) },
      ...{ state: inner.state.bind(inner), load: inner.load.bind(inner) },
    };
    for (const name of without) delete optimizer[name];
    return optimizer;
  }

  it("trains without state and load, and cannot be resumed if it lacks either", async () => {
    for (const without of [["state"], ["load"], ["state", "load"]] satisfies ("state" | "load")[][]) {
      const model = gpt(config, { seed: 1 });
      const { reports } = await run({ steps: 1, optimizer: own(model, { without }) }, model);
      const asked = () => reports[0]!.state();
      expect(asked).toThrow(TypeError);
      expect(asked).toThrow(/no state\(\) and load\(\), so its training cannot be resumed/);
      const resumed = run({ resume: await stateAfter(1), optimizer: own(model, { without }) }, model);
      await expect(resumed).rejects.toThrow(/no state\(\) and load\(\)/);
    }
  });

  it("is resumed with its settings alone, and what differs is told in a line of bounded length", async () => {
    const saved = async (settings: Record<string, unknown>) => {
      const model = gpt(config, { seed: 1 });
      const { reports } = await run({ steps: 1, optimizer: own(model, { settings }) }, model);
      return reports[0]!.state();
    };
    const resume = async (then: Record<string, unknown>, settings: Record<string, unknown>) => {
      const model = gpt(config, { seed: 1 });
      await run({ resume: await saved(then), steps: 2, optimizer: own(model, { settings }) }, model);
    };
    await expect(resume({ decay: null, rates: [1, 2] }, { rates: [1, 2] })).resolves.toBeUndefined();
    await expect(resume({ decay: null }, { decay: 3 })).rejects.toThrow(/decay of the optimizer was none .* 3 now/);
    await expect(resume({ rates: [1, 2] }, { rates: [1] })).rejects.toThrow(/rates .* was \[1, 2\] .* \[1\] now/);
    const long = resume({ note: "x".repeat(120) }, { note: "y".repeat(121) });
    await expect(long).rejects.toThrow(`was ${"x".repeat(120)} when`);
    await expect(long).rejects.toThrow(`is ${"y".repeat(120)}… now`);
  });
});
