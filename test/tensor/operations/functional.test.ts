import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import {
  clamp,
  crossEntropy,
  embedding,
  erf,
  gelu,
  layerNorm,
  linear,
  log,
  logSoftmax,
  matmul,
  mean,
  multiply,
  relu,
  rmsNorm,
  sigmoid,
  silu,
  softmax,
  sum,
  type Tensor,
  tanh,
  tensor,
  valueAndGradients,
} from "../../../src/tensor";

type Stored = number | "NaN" | "Infinity" | "-Infinity";
interface StoredTensor {
  shape: number[];
  values: Stored[];
}
interface Options {
  axis?: number;
  minimum?: number;
  maximum?: number;
  epsilon?: number;
  targets?: number[];
  ids?: number[];
  reduction?: "mean" | "sum" | "none";
  ignoreIndex?: number;
  weight?: number[];
}
interface Case {
  name: string;
  operation: string;
  inputs: StoredTensor[];
  options: Options;
  output: StoredTensor;
  cotangent: StoredTensor;
  gradients: StoredTensor[];
}

const cases: Case[] = JSON.parse(
  readFileSync(new URL("../../fixtures/tensor/functional.json", import.meta.url), "utf8"),
);

const load = ({ shape, values }: StoredTensor): Tensor => tensor(values.map(Number), shape);

const operations: Record<string, (inputs: Tensor[], options: Options) => Tensor> = {
  relu: ([x]) => relu(x!),
  gelu: ([x]) => gelu(x!),
  geluTanh: ([x]) => gelu(x!, { approximate: "tanh" }),
  silu: ([x]) => silu(x!),
  sigmoid: ([x]) => sigmoid(x!),
  tanh: ([x]) => tanh(x!),
  erf: ([x]) => erf(x!),
  log: ([x]) => log(x!),
  clamp: ([x], { minimum, maximum }) => clamp(x!, { minimum: minimum!, maximum: maximum! }),
  softmax: ([x], { axis = -1 }) => softmax(x!, { axis }),
  logSoftmax: ([x], { axis = -1 }) => logSoftmax(x!, { axis }),
  layerNorm: ([x, weight, b], { epsilon }) => layerNorm(x!, weight, b, epsilon === undefined ? {} : { epsilon }),
  rmsNorm: ([x, weight]) => rmsNorm(x!, weight),
  linear: ([x, weight, b]) => linear(x!, weight!, b),
  matmul: ([a, b]) => matmul(a!, b!),
  embedding: ([weight], { ids }) => embedding(ids!, weight!),
  sum: ([x], { axis }) => (axis === undefined ? sum(x!) : sum(x!, { axis })),
  mean: ([x], { axis }) => (axis === undefined ? mean(x!) : mean(x!, { axis })),
  crossEntropy: ([logits], { targets, weight, ...options }) =>
    crossEntropy(logits!, targets!, { ...options, ...(weight && { weight: tensor(weight) }) }),
};

/** Equal but for the rounding of float32 inputs, weights and results; NaN and infinities exactly where PyTorch has them. */
function expectSame(found: Tensor, stored: StoredTensor, what: string): void {
  expect(found.shape, what).toEqual(stored.shape);
  stored.values.map(Number).forEach((wanted, i) => {
    const value = found.data[i]!;
    const place = `${what}, element ${i}: ${value} where PyTorch has ${wanted}`;
    if (Number.isFinite(wanted)) expect(Math.abs(value - wanted) <= 2e-6 * (1 + Math.abs(wanted)), place).toBe(true);
    else expect(value, place).toBe(wanted);
  });
}

describe("operations equal torch.nn.functional, at the edges as well", () => {
  it("covers every operation of the table", () => {
    expect(Object.keys(operations).toSorted()).toEqual([...new Set(cases.map((each) => each.operation))].toSorted());
  });

  it.each(cases)("$operation: $name", ({ operation, inputs, options, output, cotangent, gradients }) => {
    const tensors = inputs.map(load);
    expectSame(operations[operation]!(tensors, options), output, "output");
    const found = valueAndGradients(tensors, () =>
      sum(multiply(operations[operation]!(tensors, options), load(cotangent))),
    );
    gradients.forEach((wanted, i) => {
      expectSame(found.gradients.get(tensors[i]!), wanted, `gradient of input ${i}`);
    });
  });
});
