import * as library from "../../dist/kernels.js";

/** What the kernels say of themselves, for the table. */
async function kernelsFor(threads) {
  if (library.useThreads) await library.useThreads(threads);
  else if (threads > 1) return { cannot: "these kernels have one thread" };
  return { note: library.kernelInfo().name };
}

/** A task's preparation, told what the kernels are, unless they cannot. */
export const withKernels = (prepare) => async (task) => {
  const { cannot, note } = await kernelsFor(task.threads);
  return cannot ? { cannot } : { note, ...(await prepare(task)) };
};
