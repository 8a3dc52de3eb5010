import {
  add,
  checkpoint,
  crossEntropy,
  DecoderBlock,
  dropout,
  exp,
  grad,
  initialize,
  jacobian,
  Linear,
  Module,
  multiply,
  type Pass,
  random,
  sin,
  slice,
  sum,
  type Tensor,
  tensor,
  valueAndGradients,
} from "transformer-blocks";
import { close } from "transformer-blocks/testing";
import { describe, expect, it } from "vitest";
import { isRecording, recordOnto, Tape } from "../../../src/tensor/record";

type Wrap = <Inputs extends readonly unknown[]>(f: (...inputs: Inputs) => Tensor, ...inputs: Inputs) => Tensor;
const plain: Wrap = (f, ...inputs) => f(...inputs);

/** Blocks with dropout, each run through `wrap`. */
class Stack extends Module {
  readonly blocks: readonly DecoderBlock[];
  readonly head: Linear;

  constructor(layers: number) {
    super();
    this.blocks = Array.from({ length: layers }, () => new DecoderBlock({ dModel: 8, heads: 2, dropout: 0.2 }));
    this.head = new Linear({ inFeatures: 8, outFeatures: 5 });
  }

  forward(x: Tensor, pass: Pass, wrap: Wrap): Tensor {
    let h = x;
    for (const block of this.blocks)
      h = wrap((input) => block.forward(input as Tensor<readonly [number, number, number]>, pass), h);
    return this.head.forward(h as Tensor<readonly [number, number, number]>);
  }
}

const stack = (layers = 3) => initialize(new Stack(layers), { seed: 3 });
const x = tensor(random(1).normal(2 * 4 * 8), [2, 4, 8]);
const targets = [
  [0, 1, 2, 3],
  [4, 3, 2, 1],
];
const all = (gradients: Iterable<[string, Tensor]>) => [...gradients].map(([path, { data }]) => [path, [...data]]);

describe("checkpoint", () => {
  it("changes no bit of a model's value and gradients, with dropout, and leaves streams where they would be", () => {
    const run = (wrap: Wrap) => {
      const [model, rng] = [stack(), random(9)];
      const loss = () =>
        add(crossEntropy(model.forward(x, { rng }, wrap), targets), sum(dropout(x, { rate: 0.5, random: rng })));
      const { value, gradients } = valueAndGradients(model, loss);
      return { value: value.item(), gradients: all(gradients), next: [rng.state(), rng.bits()] };
    };
    expect(run(checkpoint)).toEqual(run(plain));
  });

  it("keeps one step for each block, and the memory of what lies between blocks", () => {
    const model = stack();
    const kept = (wrap: Wrap) => {
      const tape = new Tape([...model.parameters().values()]);
      recordOnto(tape, () => crossEntropy(model.forward(x, {}, wrap), targets));
      const parameters = new Set<Tensor | undefined>(model.parameters().values());
      const tensors = new Set(tape.steps.flatMap(({ inputs, output }): (Tensor | undefined)[] => [...inputs, output]));
      const numbers = [...tensors].reduce((total, each) => total + (parameters.has(each) ? 0 : (each?.size ?? 0)), 0);
      return { names: tape.steps.map(({ name }) => name), numbers };
    };
    const [with_, without] = [kept(checkpoint), kept(plain)];
    expect(with_.names.filter((name) => name !== "checkpoint")).toEqual(["linear", "crossEntropy", "sum", "binary"]);
    expect(with_.names.length).toBe(3 + 4);
    expect(without.names.length).toBeGreaterThan(3 * 10);
    expect(with_.numbers).toBeLessThan(without.numbers / 5);
  });

  it("computes f again once for each gradient, and never without", () => {
    let runs = 0;
    const f = (y: Tensor) => {
      runs++;
      return sin(y);
    };
    expect(checkpoint(f, tensor([1])).data).toEqual(sin(tensor([1])).data);
    expect(runs).toBe(1);
    const y = tensor([1]);
    grad([y], () => sum(checkpoint(f, y)));
    expect(runs).toBe(3);
    grad([y], () => add(sum(y), sum(checkpoint(f, tensor([1])))));
    expect(runs).toBe(4);
  });

  it("holds inside itself, and for gradients of gradients", () => {
    const f = (wrap: Wrap) => (y: Tensor) =>
      wrap(
        (z) =>
          multiply(
            wrap(() => multiply(sin(z), exp(y))),
            wrap((w) => multiply(w, z), y),
          ),
        y,
      );
    const y = tensor([0.5, -1]);
    const hessian = (wrap: Wrap) => jacobian(y, () => grad([y], () => sum(f(wrap)(y))).get(y));
    const third = (wrap: Wrap) => jacobian(y, () => hessian(wrap));
    // What is summed in another order is rounded otherwise.
    expect(close(hessian(checkpoint), hessian(plain), 1e-6)).toBe(true);
    expect(close(third(checkpoint), third(plain), 1e-5)).toBe(true);
    // A checkpoint around the gradients themselves.
    const around = grad([y], () => sum(checkpoint(() => grad([y], () => sum(f(checkpoint)(y))).get(y)))).get(y);
    const wanted = grad([y], () => sum(grad([y], () => sum(f(plain)(y))).get(y))).get(y);
    expect(close(around, wanted, 1e-6)).toBe(true);
  });

  it("puts back streams that are drawn from before, inside, between and after", () => {
    const y = tensor(random(2).normal(20));
    const run = (wrap: Wrap) => {
      const rng = random(4);
      const drop = (z: Tensor) => dropout(z, { rate: 0.5, random: rng });
      const loss = () => {
        const first = wrap(() => drop(wrap(drop, sin(drop(y)))));
        const inside = wrap(() => sin(wrap(drop, first)));
        return sum(multiply(multiply(drop(first), wrap(drop, first)), inside));
      };
      return [[...grad([y], loss).get(y).data], rng.state().drawn];
    };
    expect(run(checkpoint)).toEqual(run(plain));
  });

  it("gives a tensor from outside the gradient that it has, and lets constants and throwing functions pass", () => {
    const y = tensor([2, 3]);
    expect(
      grad([y], () =>
        sum(
          multiply(
            checkpoint(() => y),
            y,
          ),
        ),
      )
        .get(y)
        .toArray(),
    ).toEqual([4, 6]);
    expect(
      grad([y], () =>
        sum(
          multiply(
            checkpoint(() => tensor([1, 5])),
            y,
          ),
        ),
      )
        .get(y)
        .toArray(),
    ).toEqual([1, 5]);
    const beside = (wrap: Wrap) => () => {
      const square = multiply(y, y);
      const same = wrap(() => {
        sin(y);
        return square;
      });
      return sum(multiply(same, y));
    };
    expect(grad([y], beside(checkpoint)).get(y).toArray()).toEqual([12, 27]);
    const found = grad([y], () => {
      const failing = () => {
        throw new RangeError("from f");
      };
      expect(() => checkpoint(failing)).toThrow("from f");
      expect(isRecording()).toBe(true);
      return sum(y);
    });
    expect(found.get(y).toArray()).toEqual([1, 1]);
  });

  it("records rows that are taken inside", () => {
    const y = tensor([
      [1, 2],
      [3, 4],
    ]);
    const loss = (wrap: Wrap) => () => sum(wrap(() => multiply([...y][1] as Tensor, [...y][0] as Tensor)));
    expect(grad([y], loss(checkpoint)).get(y).toArray()).toEqual(grad([y], loss(plain)).get(y).toArray());
  });

  it("says so where a variable that f reads has changed", () => {
    const y = tensor([1, 2]);
    const loop = () => {
      let h: Tensor = y;
      for (let i = 0; i < 3; i++) h = checkpoint(() => sin(h));
      return sum(h);
    };
    expect(() => grad([y], loop)).toThrow(
      /^checkpoint: f used \[2\], but another tensor.*pass the tensor as an argument/,
    );
    let end = 2;
    const changing = () => sum(checkpoint(() => slice(y, { axis: 0, end: end-- })));
    expect(() => grad([y], changing)).toThrow(/^checkpoint: f returned \[2\], and \[1\] when it was computed again/);
  });

  it("of a function alone is that function, computed again each time", () => {
    const f = (y: Tensor<[2]>) => sum(sin(y));
    const y = tensor([1, 2]);
    const wrapped = checkpoint(f);
    expect(wrapped(y).item()).toBe(f(y).item());
    const twice = () => add(wrapped(y), wrapped(y));
    expect(grad([y], twice).get(y).toArray()).toEqual(
      grad([y], () => add(f(y), f(y)))
        .get(y)
        .toArray(),
    );
    expect(() => Reflect.apply(wrapped, undefined, [])).toThrow(/^checkpoint: f takes 1 argument, but got 0/);
  });

  it.each<[string, () => unknown, RegExp]>([
    ["no function", () => checkpoint(1 as never), /^checkpoint: f must be a function, not 1/],
    [
      "a function that returns no tensor",
      () => checkpoint((() => 1) as never),
      /^checkpoint: f must return a Tensor, not 1/,
    ],
    ["a promise", () => checkpoint((async () => x) as never), /^checkpoint: f must return a Tensor, not a promise/],
    [
      "a function whose arguments are missing",
      () => Reflect.apply(checkpoint, undefined, [(a: Tensor, b: Tensor) => add(a, b), x]),
      /^checkpoint: f takes 2 arguments, but got 1/,
    ],
  ])("refuses %s", (_, call, message) => {
    expect(call).toThrow(TypeError);
    expect(call).toThrow(message);
  });
});
