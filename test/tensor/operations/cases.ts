import { readdirSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";
import * as tensorFloor from "../../../src/tensor";
import { add, multiply, sum, Tensor, tensor, valueAndGradients } from "../../../src/tensor";

type StoredNumber = number | "NaN" | "Infinity" | "-Infinity";
interface StoredTensor {
  shape: number[];
  values: StoredNumber[];
}
/** Arguments, options and outputs: tensors, numbers, text, whole numbers as nested arrays, and lists and records of these. */
type Stored = StoredTensor | StoredNumber | string | boolean | null | readonly Stored[] | { [key: string]: Stored };

/** A case of `test/reference/functions/cases.py`, which says what it holds. */
export interface Case {
  name: string;
  operation: string;
  inputs: Stored[];
  options: Record<string, Stored>;
  output: Stored;
  cotangents: StoredTensor[];
  gradients: (StoredTensor | null)[];
}

const folder = new URL("../../fixtures/tensor/", import.meta.url);

/** The cases of `test/fixtures/tensor/<name>.json`. */
export const readCases = (name: string): Case[] => JSON.parse(readFileSync(new URL(`${name}.json`, folder), "utf8"));

/** The cases of all fixtures that hold such cases. */
export const everyCase = (): Case[] =>
  readdirSync(folder)
    .map((file) => readCases(file.replace(/\.json$/, "")))
    .filter((cases) => Array.isArray(cases) && cases[0]?.cotangents !== undefined)
    .flat();

const isTensor = (value: Stored): value is StoredTensor =>
  typeof value === "object" && value !== null && "shape" in value && "values" in value;

/** What a stored value stands for: tensors made of { shape, values }, anywhere inside lists and records; null is absent. */
export function load(value: Stored): unknown {
  if (value === null) return undefined;
  if (typeof value === "string") return ["NaN", "Infinity", "-Infinity"].includes(value) ? Number(value) : value;
  if (isTensor(value)) return tensor(value.values.map(Number), value.shape);
  if (Array.isArray(value)) return value.map(load);
  if (typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, load(each)]));
}

/** All tensors in an argument, a list or a record, in order. */
export function tensorsIn(value: unknown): Tensor[] {
  if (value instanceof Tensor) return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(tensorsIn) : [];
}

/** Within float32's rounding of the inputs and the result; NaN and infinities exactly where PyTorch has them. */
export function expectSame(found: unknown, stored: Stored, what: string, bound = 2e-6): void {
  if (isTensor(stored)) expectSameTensor(found, stored, what, bound);
  else if (typeof stored !== "object" || stored === null) expect(found, what).toEqual(load(stored));
  else {
    expect(Object.keys(found as object), what).toEqual(Object.keys(stored));
    for (const [key, each] of Object.entries(stored))
      expectSame(Reflect.get(found as object, key), each, `${what} ${key}`, bound);
  }
}

function expectSameTensor(found: unknown, stored: StoredTensor, what: string, bound: number): void {
  if (!(found instanceof Tensor)) {
    // An index result without elements: nested arrays.
    expect(tensor(found as number[]).size, what).toBe(stored.values.length);
    return;
  }
  expect(found.shape, what).toEqual(stored.shape);
  stored.values.map(Number).forEach((value, i) => {
    const wanted = Math.fround(value);
    const near = Math.abs(found.data[i]! - wanted) <= bound * (1 + Math.abs(wanted));
    if (!near) expect(found.data[i], `${what}, element ${i}`).toBe(wanted);
  });
}

type Run = (...args: unknown[]) => unknown;

/** Runs a case: its output and its gradients are PyTorch's within the bound. */
export function expectCase(
  { operation, inputs, options, output, cotangents, gradients }: Case,
  bound?: number,
  run = Reflect.get(tensorFloor, operation) as Run,
): void {
  const args = inputs.map((input) => (input === null ? undefined : load(input)));
  const chosen = load(options);
  if (Object.keys(options).length > 0) args.push(chosen);
  expectSame(run(...args), output, "output", bound);
  const over = tensorsIn(args);
  const weights = cotangents.map((cotangent) => load(cotangent) as Tensor);
  const weighted = () => {
    const parts = tensorsIn(run(...args)).map((part, i) => sum(multiply(part, weights[i]!)));
    return parts.reduce(add, tensor(0));
  };
  const found = valueAndGradients(over, weighted, { allowUnused: true }).gradients;
  expect(over.length, "tensors and gradients").toBe(gradients.length);
  gradients.forEach((wanted, i) => {
    const gradient = found.get(over[i]!);
    if (wanted !== null) expectSame(gradient, wanted, `gradient of ${i}`, bound);
    else
      expect(
        gradient.data.every((x) => x === 0),
        `no gradient of ${i}`,
      ).toBe(true);
  });
}

/** A test for every case of a fixture: use it within `describe`. */
export function testCases(cases: readonly Case[], bound?: number): void {
  const named = new Map(cases.map((each, i) => [`${each.operation} ${i}: ${each.name}`, each]));
  it.each([...named.keys()])("%s", (title) => expectCase(named.get(title)!, bound));
}
