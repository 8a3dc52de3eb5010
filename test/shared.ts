import { afterAll, beforeAll, expect } from "vitest";
import { kernels } from "../src/kernels";
import { threadCount } from "../src/kernels/wasm/threads";

/** What the next file of this process would find changed. */
const shared = () => ({
  globals: Object.getOwnPropertyNames(globalThis).sort(),
  kernels: kernels(),
  threads: threadCount(),
  stackTraceLimit: Error.stackTraceLimit,
});

let before: ReturnType<typeof shared>;
beforeAll(() => {
  before = shared();
});
afterAll(() => {
  const after = shared();
  expect(after.kernels === before.kernels, "the file leaves other kernels to the next one").toBe(true);
  expect({ ...after, kernels: "" }, "the file changes what the next one finds").toEqual({ ...before, kernels: "" });
});
