import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import {
  crossEntropy,
  DecoderModel,
  fromPretrained,
  type Ids,
  initialize,
  Linear,
  ones,
  Parameter,
  quantize,
  ShapeError,
  slice,
  sum,
  type Tensor,
  tensor,
  transpose,
  valueAndGradients,
  zeros,
} from "transformer-blocks";
import { maxDifference } from "transformer-blocks/testing";
import { adamW } from "transformer-blocks/training";
import { describe, expect, it } from "vitest";
import { fixture, pick } from "../blocks/fixture";

const fixtures = (path: string) => fileURLToPath(new URL(`../fixtures/${path}`, import.meta.url));

describe("adamW beside PyTorch's AdamW", () => {
  it("follows the losses of twenty steps, and ends at the same weights", async () => {
    const expected = fixture("training/adamw/expected");
    const options = JSON.parse(readFileSync(fixtures("training/adamw/options.json"), "utf8"));
    const { lr: learningRate, betas, eps: epsilon, weight_decay: weightDecay } = options;
    const { model } = await fromPretrained(fixtures("models/gpt2"), { model: DecoderModel });
    const optimizer = adamW(model, { learningRate, betas, epsilon, weightDecay });
    const losses = (pick(expected, "batches").toArray() as number[][][]).map((batch: Ids) => {
      const [inputs, targets] = [batch.map((row) => row.slice(0, -1)), batch.map((row) => row.slice(1))];
      const { value, gradients } = valueAndGradients(model, () => crossEntropy(model.forward(inputs), targets));
      optimizer.step(gradients);
      return value.item();
    });
    expect(losses).toHaveLength(20);
    expect(maxDifference(tensor(losses) as Tensor, pick(expected, "losses"))).toBeLessThan(1e-4);

    const learned = (path: string): Tensor => model.find(path, Parameter);
    const attention = transpose(pick(expected, "final.transformer.h.0.attn.c_attn.weight"));
    const theirs: Record<string, Tensor> = {
      "embedding.weight": pick(expected, "final.transformer.wte.weight"),
      "blocks.1.feedForward.down.weight": transpose(pick(expected, "final.transformer.h.1.mlp.c_proj.weight")),
      "blocks.0.attention.query.weight": slice(attention, { axis: 0, end: 32 }),
    };
    for (const [path, weight] of Object.entries(theirs))
      expect(maxDifference(learned(path), weight), path).toBeLessThan(1e-4);
  });
});

const small = () => initialize(new Linear({ inFeatures: 2, outFeatures: 1 }), { seed: 1 });
const values = (model: Linear) => [...model.weight.data, ...model.bias!.data];
const gradientsOf = (model: Linear) => valueAndGradients(model, () => sum(model.forward(ones([1, 2])))).gradients;

describe("adamW", () => {
  it("without decay first goes as far as the learning rate says, against the gradient's sign", () => {
    const model = small();
    const before = values(model);
    adamW(model, { learningRate: 0.25, weightDecay: 0 }).step(gradientsOf(model));
    expect(values(model)).toEqual(before.map((value) => expect.closeTo(value - 0.25, 5)));
  });

  it("takes another learning rate for one step", () => {
    const model = small();
    const before = values(model);
    const optimizer = adamW(model, { learningRate: 0.25, weightDecay: 0 });
    optimizer.step(gradientsOf(model), { learningRate: 0 });
    expect(values(model)).toEqual(before);
    optimizer.step(gradientsOf(model), { learningRate: 0.5 });
    expect(values(model)).toEqual(before.map((value) => expect.closeTo(value - 0.5, 5)));
  });

  it("decays what it is asked to: everything, unless told otherwise", () => {
    const still = new Map<string, Tensor>([
      ["weight", zeros([1, 2])],
      ["bias", zeros([1])],
    ]);
    const decayed = (decays?: (path: string) => boolean) => {
      const model = small();
      model.bias!.assign(Float32Array.of(1));
      const before = values(model);
      adamW(model, { learningRate: 0.5, weightDecay: 0.5, decays }).step(still);
      return values(model).map((value, i) => value / before[i]!);
    };
    expect(decayed()).toEqual([0.75, 0.75, 0.75]);
    expect(decayed((path) => path !== "bias")).toEqual([0.75, 0.75, 1]);
  });

  it("leaves alone the model whose values its own were copied from", () => {
    // Few numbers lie on the heap, many where the kernels work.
    for (const inFeatures of [2, 5000]) {
      const [model, copy] = [1, 2].map((seed) => initialize(new Linear({ inFeatures, outFeatures: 1 }), { seed }));
      for (const [path, { data }] of model!.parameters()) copy!.find(path, Parameter).assign(data);
      const before = values(model!);
      expect(values(copy!)).toEqual(before);
      const { gradients } = valueAndGradients(copy!, () => sum(copy!.forward(ones([1, inFeatures]))));
      adamW(copy!, { learningRate: 0.5 }).step(gradients);
      expect(values(copy!)).not.toEqual(before);
      expect(values(model!)).toEqual(before);
    }
  });

  it("refuses a quantized parameter by name", () => {
    const model = quantize(initialize(new Linear({ inFeatures: 32, outFeatures: 1 }), { seed: 1 }), "q8");
    const gradients = [...model.parameters()].map(([path, { shape }]) => [path, zeros(shape)] as const);
    expect(() => adamW(model, { learningRate: 0.5 }).step(gradients)).toThrow("parameter weight [1, 32] is quantized");
  });

  it("goes on from a state as if it had not stopped", () => {
    const [whole, stopped] = [small(), small()];
    const options = { learningRate: 0.1 };
    const [first, second] = [adamW(whole, options), adamW(stopped, options)];
    first.step(gradientsOf(whole));
    second.step(gradientsOf(stopped));
    const resumed = adamW(stopped, options);
    resumed.load(second.state());
    second.step(gradientsOf(small())); // The state is a copy: this one moves on alone.
    stopped.weight.assign(whole.weight.data.slice());
    stopped.bias!.assign(whole.bias!.data.slice());
    const different = new Map<string, Tensor>([
      ["weight", tensor([3, -1], [1, 2])],
      ["bias", tensor([0.5])],
    ]);
    first.step(different);
    resumed.step(different);
    expect(values(stopped)).toEqual(values(whole));
  });
});

describe("adamW changes nothing when it refuses", () => {
  const good = (): [string, Tensor][] => [
    ["weight", tensor([1, 1], [1, 2])],
    ["bias", tensor([1])],
  ];
  const wrong: {
    what: string;
    gradients: [string, Tensor][];
    type: new (...args: never[]) => Error;
    message: RegExp;
  }[] = [
    { what: "a missing gradient", gradients: good().slice(0, 1), type: RangeError, message: /"bias" is missing/ },
    {
      what: "NaN",
      gradients: [good()[0]!, ["bias", tensor([Number.NaN])]],
      type: RangeError,
      message: /"bias" holds NaN/,
    },
    {
      what: "infinity",
      gradients: [["weight", tensor([1, Number.NEGATIVE_INFINITY], [1, 2])], good()[1]!],
      type: RangeError,
      message: /"weight" holds -Infinity/,
    },
    {
      what: "another shape",
      gradients: [good()[0]!, ["bias", tensor([1, 2])]],
      type: ShapeError,
      message: /"bias".*\[2\].*\[1\]/,
    },
    { what: "a surplus one", gradients: [...good(), ["other", tensor([1])]], type: RangeError, message: /"other"/ },
  ];

  it.each(wrong)("$what", ({ gradients, type, message }) => {
    const model = small();
    const before = values(model);
    const optimizer = adamW(model, { learningRate: 0.25, weightDecay: 0 });
    const step = () => optimizer.step(new Map(gradients));
    expect(step).toThrow(type);
    expect(step).toThrow(message);
    expect(values(model)).toEqual(before);
    optimizer.step(new Map(good()));
    expect(values(model)).toEqual(before.map((value) => expect.closeTo(value - 0.25, 5)));
  });

  it("a parameter without values", () => {
    const model = new Linear({ inFeatures: 2, outFeatures: 1 });
    model.parameters();
    model.weight.assign(Float32Array.of(1, 1));
    const step = () => adamW(model, { learningRate: 0.25 }).step(new Map(good()));
    expect(step).toThrow(/bias \[1\] has no values/);
    expect([...model.weight.data]).toEqual([1, 1]);
  });

  it("options out of range", () => {
    const model = small();
    for (const option of [
      { learningRate: -1 },
      { learningRate: Number.NaN },
      { epsilon: -1 },
      { weightDecay: Number.POSITIVE_INFINITY },
      { betas: [0.9, 1] as const },
      { betas: [-0.1, 0.9] as const },
    ])
      expect(() => adamW(model, { learningRate: 1, ...option })).toThrow(RangeError);
    expect(() => adamW(model, { learningRate: 1 }).step(gradientsOf(model), { learningRate: -1 })).toThrow(RangeError);
  });

  it("a state that does not fit", () => {
    const model = small();
    const optimizer = adamW(model, { learningRate: 0.25 });
    optimizer.step(gradientsOf(model));
    const state = optimizer.state();
    expect([...state.keys()]).toEqual(["steps", "first.weight", "second.weight", "first.bias", "second.bias"]);
    expect(() => optimizer.load(new Map([...state].slice(0, -1)))).toThrow(/"second\.bias"/);
    expect(() => optimizer.load(new Map([...state, ["first.bias", ones([2])]]))).toThrow(ShapeError);
    for (const [name, { data }] of optimizer.state()) expect(data, name).toEqual(state.get(name)?.data);
  });
});
