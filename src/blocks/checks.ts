import { ShapeError, Tensor } from "../tensor";
import type { Sequence } from "./pass";

const show = (value: unknown): string => (typeof value === "string" ? JSON.stringify(value) : String(value));

/** @throws TypeError unless it is a number; RangeError unless it is a whole one of 1 or more */
export function expectSize(where: string, name: string, value: unknown): asserts value is number {
  const needed = `${where}: ${name} must be a whole number of 1 or more, not ${show(value)}`;
  if (typeof value !== "number") throw new TypeError(needed);
  if (!Number.isSafeInteger(value) || value < 1) throw new RangeError(needed);
}

/** @throws TypeError unless it is a number; RangeError unless it is finite and from `least` up to but not including `limit` */
export function expectNumber(
  where: string,
  name: string,
  value: unknown,
  { least = Number.NEGATIVE_INFINITY, limit = Number.POSITIVE_INFINITY } = {},
): asserts value is number {
  const from = Number.isFinite(least) ? ` from ${least}` : "";
  const upTo = Number.isFinite(limit) ? ` up to but not including ${limit}` : "";
  const needed = `${where}: ${name} must be a finite number${from}${upTo}, not ${show(value)}`;
  if (typeof value !== "number") throw new TypeError(needed);
  if (!Number.isFinite(value) || value < least || value >= limit) throw new RangeError(needed);
}

/** The share that dropout zeroes. @throws as `expectNumber` */
export const expectRate = (where: string, value: unknown): void =>
  expectNumber(where, "dropout", value, { least: 0, limit: 1 });

/** @throws RangeError unless it is one of them */
export function expectOneOf(where: string, name: string, value: unknown, allowed: readonly string[]): void {
  if (!allowed.some((one) => one === value))
    throw new RangeError(`${where}: ${name} ${show(value)} is not one of ${allowed.join(", ")}`);
}

/** @throws TypeError unless it is a tensor; ShapeError unless that is [batch, seq, dModel] */
export function expectSequence(where: string, name: string, x: unknown): asserts x is Tensor<Sequence> {
  if (!(x instanceof Tensor))
    throw new TypeError(`${where}: ${name} must be a Tensor, not ${Array.isArray(x) ? "an array" : typeof x}`);
  if (x.rank !== 3) throw new ShapeError(`${where}: ${name} ${x.describe()} is not [batch, seq, dModel]`);
}
