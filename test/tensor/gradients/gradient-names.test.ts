import {
  crossEntropy,
  gpt,
  initialize,
  Linear,
  Module,
  multiply,
  ones,
  sum,
  type Tensor,
  tensor,
  valueAndGradients,
} from "transformer-blocks";
import { adamW, clipGradients } from "transformer-blocks/training";
import { describe, expect, it } from "vitest";

const make = (seed = 1) => gpt({ vocabSize: 12, contextLength: 8, dModel: 8, heads: 2, layers: 2 }, { seed });
type Model = ReturnType<typeof make>;
const loss = (model: Model) => crossEntropy(model.forward([[1, 2, 3]]), [[2, 3, 4]]);
const weight = "blocks.1.attention.query.weight";

const overs: Record<string, (model: Model) => Model | Module | Tensor[]> = {
  "the model": (model) => model,
  "a part of it": (model) => model.find("blocks.1", Module),
  "a part of a part": (model) => model.find("blocks.1.attention", Module),
  "a parameter": (model) => [model.find(weight) as unknown as Tensor],
  "a parameter twice": (model) => [model.find(weight) as unknown as Tensor, model.find(weight) as unknown as Tensor],
  "all parameters, in another order": (model) => [...model.parameters().values()].reverse(),
};

describe("gradients carry the parameters' own paths, whatever they were asked over", () => {
  it.each(Object.entries(overs))("%s", (_, over) => {
    const model = make();
    const whole = valueAndGradients(model, () => loss(model)).gradients;
    const { gradients } = valueAndGradients(over(model), () => loss(model));
    const names = [...gradients].map(([path]) => path);
    expect(names).toContain(weight);
    expect(new Set(names).size).toBe(names.length);
    for (const [path, gradient] of gradients) {
      expect(gradient.data, path).toEqual(whole.get(path).data);
      expect(gradients.get(path).data).toEqual(gradient.data);
      expect(gradients.get(model.parameters().get(path)!).data).toEqual(gradient.data);
    }
  });

  it.each(Object.entries(overs))(
    "%s: an optimizer of the model moves these, clipped or not, and no others",
    (_, over) => {
      for (const clip of [false, true]) {
        const model = make();
        const before = new Map([...model.parameters()].map(([path, { data }]) => [path, data.slice()]));
        const { gradients } = valueAndGradients(over(model), () => loss(model));
        const asked = new Set([...gradients].map(([path]) => path));
        const optimizer = adamW(model, { learningRate: 0.1, weightDecay: 0.1 });
        optimizer.step(clip ? clipGradients(gradients, { maxNorm: 0.01 }).gradients : gradients);
        for (const [path, { data }] of model.parameters())
          if (asked.has(path)) expect(data, path).not.toEqual(before.get(path));
          else expect(data, path).toEqual(before.get(path));
      }
    },
  );

  it("a part's own optimizer takes them too, as a Map as well, and paths from the part on are found", () => {
    const model = make();
    const part = model.find("blocks.1.attention", Module);
    const { gradients } = valueAndGradients(part, () => loss(model));
    expect(gradients.get("query.weight").data).toEqual(gradients.get(weight).data);
    expect(gradients.has("query.weight")).toBe(true);
    const before = model.parameters().get(weight)!.data.slice();
    adamW(part, { learningRate: 0.1 }).step(new Map(gradients));
    expect(model.parameters().get(weight)!.data).not.toEqual(before);
  });

  it("two gradients of one parameter, by both of its paths, are refused", () => {
    const model = make();
    const part = model.find("blocks.1.attention", Module);
    const { gradients } = valueAndGradients(part, () => loss(model));
    const before = model.parameters().get(weight)!.data.slice();
    const both = new Map([...gradients, ["query.weight", gradients.get(weight)]]);
    expect(() => adamW(part, { learningRate: 0.1 }).step(both)).toThrow(/two gradients of "query\.weight"/);
    expect(model.parameters().get(weight)!.data).toEqual(before);
  });

  it("a part that has its path only later is still found", () => {
    class Pair extends Module {
      readonly first: Linear;
      readonly second: Linear;
      constructor(first: Linear, second: Linear) {
        super();
        this.first = first;
        this.second = second;
      }
    }
    const [first, second] = [1, 2].map((seed) => initialize(new Linear({ inFeatures: 2, outFeatures: 1 }), { seed }));
    const { gradients } = valueAndGradients(first!, () => sum(first!.forward(ones([1, 2]))));
    const before = [...first!.weight.data];
    adamW(new Pair(first!, second!), { learningRate: 0.1 }).step(gradients);
    expect([...first!.weight.data]).not.toEqual(before);
  });

  it("tensors have their place, beside parameters that have their path", () => {
    const model = make();
    const factor = tensor([2]);
    const parameter = model.parameters().get(weight)!;
    const over = [factor, parameter, ones([3])];
    const scaledLoss = () => sum(multiply(loss(model), factor));
    const { gradients } = valueAndGradients(over, scaledLoss);
    expect([...gradients].map(([path]) => path)).toEqual(["0", weight, "2"]);
    expect(gradients.get("0")).toBe(gradients.get(factor));
    expect(gradients.get("1")).toBe(gradients.get(parameter));
    expect(gradients.get("2").toArray()).toEqual([0, 0, 0]);
    expect(() => adamW(model, { learningRate: 0.1 }).step(gradients)).toThrow(
      /a gradient of "0", but the model has no such parameter/,
    );
  });

  it("a path that is one parameter's own and leads to another from the module asked over is refused as ambiguous", () => {
    const linear = () => new Linear({ inFeatures: 1, outFeatures: 1, bias: false });
    class Part extends Module {
      readonly a = linear();
      readonly x = { a: linear() };
    }
    class Whole extends Module {
      readonly x = new Part();
    }
    const { x: part } = initialize(new Whole(), { seed: 1 });
    const { gradients } = valueAndGradients(part, () => sum(multiply(part.a.weight, 2)));
    expect(() => gradients.get("x.a.weight")).toThrow(RangeError);
    expect(() => gradients.get("x.a.weight")).toThrow(/"x\.a\.weight" matches several tensors/);
    expect(gradients.get(part.a.weight).data).toEqual(Float32Array.of(2));
    expect(gradients.get(part.x.a.weight).data).toEqual(Float32Array.of(0));
    expect(gradients.get("x.x.a.weight").data).toEqual(Float32Array.of(0));
    expect(gradients.get("a.weight").data).toEqual(Float32Array.of(2));
  });

  it("two parameters of one path, from two models, are told apart", () => {
    const [a, b] = [make(1), make(2)];
    const [first, second] = [a, b].map((model) => model.parameters().get(weight)!);
    const { gradients } = valueAndGradients([first!, second!], () => sum(multiply(loss(a), loss(b))));
    expect([...gradients].map(([path]) => path)).toEqual(["0", "1"]);
    expect(gradients.get(first!).data).not.toEqual(gradients.get(second!).data);
    expect(() => gradients.get(weight)).toThrow(
      /"blocks\.1.* matches several tensors; pass the tensor or parameter itself/,
    );
    const before = [...a.parameters()].map(([, { data }]) => [...data]);
    expect(() => adamW(a, { learningRate: 0.1 }).step(gradients)).toThrow(RangeError);
    expect([...a.parameters()].map(([, { data }]) => [...data])).toEqual(before);
  });

  it("a replica's gradients move the model that they are given to", () => {
    const [model, replica] = [make(), make()];
    const { gradients } = valueAndGradients(replica, () => loss(replica));
    const same = make();
    adamW(model, { learningRate: 0.1 }).step(gradients);
    adamW(same, { learningRate: 0.1 }).step(valueAndGradients(same, () => loss(same)).gradients);
    for (const [path, { data }] of model.parameters()) expect(data, path).toEqual(same.parameters().get(path)!.data);
  });
});

describe("gradients refuse what they do not know", () => {
  const model = initialize(new Linear({ inFeatures: 2, outFeatures: 1 }), { seed: 1 });
  const { gradients } = valueAndGradients(model, () => sum(model.forward(ones([1, 2]))));
  const any = (value: unknown) => value as never;

  it("but map gives the same names with other gradients", () => {
    const doubled = gradients.map((gradient, path) => multiply(gradient, path === "bias" ? 3 : 2));
    expect([...doubled].map(([path, { data }]) => [path, ...data])).toEqual([
      ["weight", 2, 2],
      ["bias", 3],
    ]);
    expect(doubled.get(model.weight).toArray()).toEqual([[2, 2]]);
    expect(gradients.get("weight").toArray()).toEqual([[1, 1]]);
  });

  it.each<[string, () => unknown, RegExp]>([
    ["a change that is none", () => gradients.map(any(2)), /change must be a function, not 2/],
    [
      "a change that gives no tensor",
      () => gradients.map(any(() => 1)),
      /change\(…, "weight"\) must be a Tensor, not 1/,
    ],
    ["a change of shape", () => gradients.map(() => ones([7])), /"weight" is \[1, 2\], but change returned \[7\]/],
    ["a path of nothing", () => gradients.get("wieght"), /no gradient was taken over "wieght"/],
    ["a tensor of nothing", () => gradients.get(ones([7])), /no gradient was taken over \[7\]/],
    ["a key that is neither", () => gradients.get(any(0)), /a key must be a path or a tensor, not 0/],
    [
      "to be taken over nothing",
      () => valueAndGradients(any(undefined), () => ones([])),
      /over must be a module or an array of tensors and modules, not undefined/,
    ],
    [
      "to be taken over numbers",
      () => valueAndGradients(any([1]), () => ones([])),
      /over\[0\] must be a Tensor or a module, not 1/,
    ],
    [
      "a value in place of a function",
      () => valueAndGradients(model, any(ones([]))),
      /f must be a function that returns a Tensor/,
    ],
    [
      "a function that gives a promise",
      () =>
        valueAndGradients(
          model,
          any(async () => ones([])),
        ),
      /must return a Tensor, not a promise/,
    ],
    [
      "a function that gives nothing",
      () =>
        valueAndGradients(
          model,
          any(() => {}),
        ),
      /f must return a Tensor, not undefined/,
    ],
  ])("%s", (_, call, message) => {
    expect(call).toThrow(message);
  });
});
