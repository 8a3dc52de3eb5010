import { expect } from "vitest";
import { useThreads } from "../../src/kernels";

/**
 * Runs a check with each number of threads, and ends them. Threads take longer to start than most checks: what is to be
 * the same for any number of them goes into one check.
 */
export async function onThreads(counts: readonly number[], check: (threads: number) => void): Promise<void> {
  try {
    for (const threads of counts) {
      await useThreads(threads);
      check(threads);
    }
  } finally {
    await useThreads(1);
  }
}

/** Throws at the first number that differs: a comparison of whole arrays would print them all, which takes minutes. */
export function expectSame(found: readonly Float32Array[], wanted: readonly Float32Array[], what = ""): void {
  const other = found.map((numbers, i) => numbers.findIndex((x, at) => !Object.is(x, wanted[i]![at])));
  expect(found.map(({ length }) => length)).toEqual(wanted.map(({ length }) => length));
  expect(other, `${what}: the first number that differs`).toEqual(found.map(() => -1));
}
