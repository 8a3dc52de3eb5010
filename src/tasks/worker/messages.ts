import { classOf } from "../../describe";
import { FormatError, type FormatProblem, ShapeError } from "../../errors";
import type { NewToken } from "../../generation";
import type { Recipe } from "../../generation/internal";
import type { TaskName } from "./remote";

/** What the page sends. `id` numbers a message, `call` a task that runs. */
export type Request =
  | { id: number; load: { source: string; options: Record<string, unknown>; progress: boolean } }
  | ({ id: number; call: number } & Task)
  /** The next piece of a stream, which begins with the first one. */
  | ({ id: number; pull: number } & Task)
  | { cancel: number };

export interface Task {
  task: TaskName;
  args: readonly unknown[];
  /** Which of the caller's options stay on the page. */
  signal: boolean;
  onToken: boolean;
  /** How the worker makes the constraint among the options, which cannot be copied. */
  constraint?: Recipe | undefined;
}

/** What the worker sends. */
export type Reply =
  | { id: number; value: unknown }
  | { id: number; error: SentError }
  | { call: number; token: NewToken }
  | { id: number; progress: unknown };

/** An error as data, because a copy of it loses its class. */
export interface SentError {
  name: string;
  message: string;
  problem?: FormatProblem | undefined;
}

export function sent(error: unknown): SentError {
  if (!(error instanceof Error)) return { name: "Error", message: String(error) };
  return { name: error.name, message: error.message, ...(error instanceof FormatError && { problem: error.problem }) };
}

export function received({ name, message, problem }: SentError): Error {
  if (problem !== undefined) return new FormatError(problem);
  if (name === "ShapeError") return new ShapeError(message);
  const known = { TypeError, RangeError }[name];
  return known ? new known(message) : Object.assign(new Error(message), { name });
}

/**
 * A plain copy of what goes to a worker. Proxies, as frameworks keep their state in, cannot be sent themselves.
 *
 * @throws TypeError for what only this thread has: functions, models, caches
 */
export function sendable<Value>(where: string, name: string, value: Value, seen = new Map<unknown, unknown>()): Value {
  if (typeof value === "function" || typeof value === "symbol")
    throw new TypeError(
      `${where}: ${name} is a ${typeof value}, which cannot go to a worker; omit it, or use fromPretrained`,
    );
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) return value;
  if (seen.has(value)) return seen.get(value) as Value;
  const prototype: unknown = Object.getPrototypeOf(value);
  const isData = Array.isArray(value) || prototype === null || Object.getPrototypeOf(prototype) === null;
  if (!isData)
    throw new TypeError(
      `${where}: ${name} is an instance of ${classOf(value)}, which cannot go to a worker; omit it, or use fromPretrained`,
    );
  const copy: object = Array.isArray(value) ? new Array(value.length) : {};
  seen.set(value, copy);
  for (const [field, inner] of Object.entries(value)) {
    const place = Array.isArray(value) ? `${name}[${field}]` : name === "" ? field : `${name}.${field}`;
    // Defined rather than assigned, so that a field named __proto__ is a field.
    const copied = { value: sendable(where, place, inner, seen), enumerable: true, writable: true, configurable: true };
    Object.defineProperty(copy, field, copied);
  }
  return copy as Value;
}
