import { describe, expect, it } from "vitest";
import {
  add,
  checkpoint,
  custom,
  exp,
  grad,
  jacobian,
  multiply,
  ones,
  relu,
  reshape,
  round,
  ShapeError,
  stopGradient,
  sum,
  Tensor,
  tensor,
  zeros,
} from "../../../src/tensor";

const x = tensor([1, 2, 3]);
/** e^x, computed outside of the library. */
const ownExp = custom({
  name: "ownExp",
  forward: (y: Tensor) => new Tensor(y.shape, y.data.map(Math.exp)),
  gradient: (g, { output }) => multiply(g, output),
});

describe("custom", () => {
  it("has its own value and gradient, of any order", () => {
    expect(ownExp(x).data).toEqual(x.data.map(Math.exp));
    const third = (f: (y: Tensor) => Tensor) =>
      jacobian(x, () => jacobian(x, () => grad([x], () => sum(f(x))).get(x))) as Tensor;
    const [own, ours] = [third(ownExp), third(exp)];
    own.data.forEach((value, i) => {
      expect(value).toBeCloseTo(ours.data[i]!, 4);
    });
  });

  it("passes on what it is told, not what forward does", () => {
    const straightThrough = custom({ forward: (y) => round(y), gradient: (g) => g });
    expect(
      grad([x], () => sum(straightThrough(multiply(x, x))))
        .get(x)
        .toArray(),
    ).toEqual([2, 4, 6]);
    const reversed = custom({ forward: (y) => y, gradient: (g) => multiply(g, -1) });
    expect(
      grad([x], () => sum(add(reversed(x), multiply(2, x))))
        .get(x)
        .toArray(),
    ).toEqual([1, 1, 1]);
  });

  it("takes several tensors, one of them twice, and inputs without gradient", () => {
    const scale = tensor(2);
    const scaled = custom({
      forward: (y: Tensor, factor: Tensor) => multiply(y, factor) as Tensor,
      gradient: (g, { inputs: [, factor] }) => [multiply(g, factor) as Tensor, undefined],
    });
    const found = grad([x, scale], () => sum(scaled(x, scale)));
    expect(found.get(x).toArray()).toEqual([2, 2, 2]);
    expect(found.get(scale).item()).toBe(0);
    const product = custom({
      forward: (a: Tensor, b: Tensor) => multiply(a, b),
      gradient: (g, { inputs: [a, b] }) => [multiply(g, b), multiply(g, a)],
    });
    expect(
      grad([x], () => sum(product(x, x)))
        .get(x)
        .toArray(),
    ).toEqual([2, 4, 6]);
    expect(
      grad([x], () => sum(checkpoint(product, x, x)))
        .get(x)
        .toArray(),
    ).toEqual([2, 4, 6]);
  });

  const returning = (gradient: () => unknown, inputs = 1) =>
    custom({
      name: "mine",
      forward: (...all: Tensor[]) => multiply(all[0]!, 1),
      gradient: gradient as () => Tensor,
    }).bind(undefined, ...Array.from({ length: inputs }, () => x));

  it.each<[string, () => unknown, number, RegExp]>([
    ["another shape", () => ones([2]), 1, /^mine: gradient returned \[2\] for input 0, which is \[3\]/],
    ["too few", () => [x], 2, /^mine: gradient must return an array of 2 tensors.*not an array of 1/],
    ["a tensor for two inputs", () => x, 2, /^mine: gradient must return an array of 2 tensors/],
    ["numbers", () => [1], 1, /^mine: gradient must return tensors, not 1 for input 0/],
    ["a promise", async () => x, 1, /^mine: gradient must return tensors, not a(n object|.*[Pp]romise)/],
  ])("names the operation whose gradient returns %s", (_, gradient, inputs, message) => {
    const run = () => grad([x], () => sum(returning(gradient, inputs)()));
    expect(run).toThrow(message);
    expect(run).toThrow(/shape/.test(_) ? ShapeError : TypeError);
  });

  it("names the operation that is called with something else, or returns something else", () => {
    expect(() => ownExp([1] as never)).toThrow(/^ownExp: input 0 must be a Tensor/);
    const wrong = custom({ forward: (() => 3) as never, gradient: (g) => g });
    expect(() => wrong(x)).toThrow(/^custom: forward must return a Tensor, not 3/);
    expect(() => custom({ forward: (y: Tensor) => y } as never)).toThrow(/^custom: gradient/);
    expect(() => custom({ forward: ownExp, gradient: ownExp, backward: ownExp } as never)).toThrow(
      /no option "backward"/,
    );
  });

  it("is not silently wrong where its gradient was computed from data and is differentiated again", () => {
    const fromData = custom({
      name: "fromData",
      forward: (y: Tensor) => multiply(y, y),
      gradient: (g, { inputs: [y] }) => tensor(g.data.map((value, i) => 2 * value * y.data[i]!)),
    });
    expect(
      grad([x], () => sum(fromData(x)))
        .get(x)
        .toArray(),
    ).toEqual([2, 4, 6]);
    const again = () => grad([x], () => sum(grad([x], () => sum(multiply(fromData(x), x))).get(x)));
    const wrong = /^fromData: gradient for input 0 cannot be differentiated again: compute it from the tensors/;
    expect(again).toThrow(wrong);
    // Beside something else that can be differentiated, and with an upstream gradient that is constant.
    const beside = () => add(sum(fromData(x)), sum(multiply(multiply(x, x), x)));
    expect(() => grad([x], () => sum(grad([x], beside).get(x)))).toThrow(wrong);
    const inPart = custom({
      name: "fromData",
      forward: (y: Tensor) => multiply(y, y),
      gradient: (g, { inputs: [y] }) => multiply(g, tensor(y.data.map((value) => 2 * value))),
    });
    const inside = () => grad([x], () => multiply(sum(inPart(x)), sum(x))).get(x);
    expect(() => jacobian([x], inside)).toThrow(wrong);
    for (const read of [
      (y: Tensor) => y.item(),
      (y: Tensor) => y.toArray() as number,
      (y: Tensor) => Number([...y.data]),
    ]) {
      const one = tensor([3]);
      const ofOne = custom({
        name: "fromData",
        forward: (y: Tensor) => multiply(y, y),
        gradient: (g, { inputs: [y] }) => multiply(g, 2 * Number(read(y!))),
      });
      expect(() => grad([one], () => sum(grad([one], () => sum(ofOne(one))).get(one)))).toThrow(wrong);
    }
  });

  it("may read what it takes as constant", () => {
    const ownRelu = custom({
      forward: (y: Tensor) => relu(y),
      gradient: (g, { inputs: [y] }) => multiply(g, tensor(stopGradient(y!).data.map((value) => Number(value > 0)))),
    });
    const second = grad([x], () => sum(grad([x], () => sum(multiply(ownRelu(x), x))).get(x)));
    expect(second.get(x).toArray()).toEqual([2, 2, 2]);
  });
});

describe("stopGradient", () => {
  it("keeps the numbers and stops gradients of every order", () => {
    expect(stopGradient(x)).toEqual(x);
    expect(
      grad([x], () => sum(multiply(stopGradient(x), x)))
        .get(x)
        .toArray(),
    ).toEqual([1, 2, 3]);
    const inner = () => stopGradient(grad([x], () => sum(multiply(multiply(x, x), x))).get(x));
    expect(
      grad([x], () => sum(multiply(inner(), x)))
        .get(x)
        .toArray(),
    ).toEqual([3, 12, 27]);
    expect(() => grad([x], () => sum(stopGradient(x)))).toThrow(/depends on nothing/);
    expect(reshape(stopGradient(zeros([2, 0])), [0]).size).toBe(0);
  });
});
