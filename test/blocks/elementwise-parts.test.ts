import { Clamp, initialize, type Tensor, tensor, Unchanged, XIELU } from "transformer-blocks";
import { checkGradients } from "transformer-blocks/testing";
import { describe, expect, it } from "vitest";
import { expectWithin } from "../kernels/compare";

const x: Tensor<readonly [2, 4]> = tensor([-7, -2.5, -0.75, -1e-3, 1e-3, 0.6, 2, 9], [2, 4]);

describe("Clamp", () => {
  it.each([
    [-1, 2],
    [0, 0],
    [-5, -1],
    [0.5, 8],
  ])("keeps numbers from %d to %d, and moves others to the nearer bound", (minimum, maximum) => {
    const found = new Clamp({ minimum, maximum }).forward(x);
    expect(found.shape).toEqual([2, 4]);
    const wanted = Array.from(x.data, (value) => (value < minimum ? minimum : value > maximum ? maximum : value));
    expectWithin(found.data, wanted, 0);
  });

  it("passes the gradient of numbers between the bounds only", () => {
    const clamp = new Clamp({ minimum: -1, maximum: 1 });
    expect(checkGradients((y) => clamp.forward(y), [x]).maxRelativeError).toBeLessThan(1e-3);
  });
});

describe("Unchanged", () => {
  it("returns its input and has no parameters", () => {
    const unchanged = new Unchanged();
    expect(unchanged.forward(x)).toBe(x);
    expect([...unchanged.parameters()]).toEqual([]);
  });
});

describe("XIELU", () => {
  const formula = (value: number, positive: number, negative: number, beta: number, epsilon: number) =>
    value > 0
      ? positive * value ** 2 + beta * value
      : negative * (Math.expm1(Math.min(value, epsilon)) - value) + beta * value;
  const softplus = (value: number) => Math.log1p(Math.exp(value));

  it("starts from αₚ = 0.8, αₙ = 0.8, β = 0.5", () => {
    const found = initialize(new XIELU(), { seed: 1 }).forward(x);
    const wanted = Array.from(x.data, (value) => formula(value, 0.8, 0.8, 0.5, -1e-6));
    expectWithin(found.data, wanted, 1e-6);
  });

  const moved = new XIELU();
  const values = { alphaPositive: -0.4, alphaNegative: 1.3, beta: 0.2, epsilon: -0.5 };
  for (const [name, value] of Object.entries(values)) moved[name as keyof typeof values].assign(Float32Array.of(value));

  it("follows its formula with any parameters", () => {
    const [positive, negative] = [softplus(-0.4), 0.2 + softplus(1.3)];
    const wanted = Array.from(x.data, (value) => formula(value, positive, negative, 0.2, -0.5));
    const found = moved.forward(x);
    expect(found.shape).toEqual([2, 4]);
    expectWithin(found.data, wanted, 1e-6);
  });

  it("has exact gradients of its input and of both α", () => {
    const { alphaPositive, alphaNegative } = moved;
    const trained = { parameters: () => new Map(Object.entries({ alphaPositive, alphaNegative })) };
    const smooth = tensor([-3, -1, -0.25, 0.25, 1, 2]);
    expect(checkGradients(() => moved.forward(smooth), trained).maxRelativeError).toBeLessThan(1e-3);
    expect(checkGradients((y) => moved.forward(y), [smooth]).maxRelativeError).toBeLessThan(1e-3);
  });
});
