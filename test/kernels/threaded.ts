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
