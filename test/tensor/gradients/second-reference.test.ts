import { describe, expect, it } from "vitest";
import * as tensorFloor from "../../../src/tensor";
import { add, grad, multiply, sum, type Tensor, tensor } from "../../../src/tensor";
import { type Case, expectSame, load, readCases, tensorsIn } from "../operations/cases";

/** A case of `test/reference/functions/second_fixture.py`, which says what it holds. */
type SecondCase = Omit<Case, "output" | "gradients"> & Record<"directions" | "second", Case["cotangents"]>;

const cases = readCases("second") as unknown as SecondCase[];
const named = new Map(cases.map((each, i) => [`${each.operation} ${i}: ${each.name}`, each]));
const dot = (a: readonly Tensor[], b: readonly Tensor[]) =>
  a.map((x, i) => sum(multiply<readonly number[], readonly number[]>(x, b[i]!))).reduce(add, tensor(0));

describe("second derivatives equal PyTorch's", () => {
  it.each([...named.keys()])("%s", (title) => {
    const { operation, inputs, options, cotangents, directions, second } = named.get(title)!;
    const run = Reflect.get(tensorFloor, operation) as (...args: unknown[]) => unknown;
    const args = inputs.map(load);
    if (Object.keys(options).length > 0) args.push(load(options));
    const over = tensorsIn(args);
    const weights = cotangents.map((cotangent) => load(cotangent) as Tensor);
    const along = directions.map((direction) => load(direction) as Tensor);
    const firstGradients = () => {
      const gradients = grad(over, () => dot(tensorsIn(run(...args)), weights), { allowUnused: true });
      return over.map((x) => gradients.get(x));
    };
    const found = grad([...over, ...weights], () => dot(firstGradients(), along), { allowUnused: true });
    expect(over.length + weights.length).toBe(second.length);
    second.forEach((wanted, i) => {
      expectSame(found.get([...over, ...weights][i]!), wanted, `second derivatives of ${i}`, 1e-5);
    });
  });
});
