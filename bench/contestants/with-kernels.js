import * as library from "../../dist/kernels.js";

/** The kernels' description, for the table. */
async function kernelsFor(threads) {
  if (library.useThreads) await library.useThreads(threads);
  else if (threads > 1) return { cannot: "these kernels have one thread" };
  return { note: library.kernelInfo().name };
}

/** Prepares a task with a description of the kernels, if they support it. */
export const withKernels = (prepare) => async (task) => {
  const { cannot, note } = await kernelsFor(task.threads);
  return cannot ? { cannot } : { note, ...(await prepare(task)) };
};
