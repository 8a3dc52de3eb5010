import { operationsPerTurn } from "../limits/loops.js";

const amount = (smoke) => ({ turns: smoke ? 1000 : 2e7, bytes: smoke ? 2 ** 20 : 2 ** 29 });

/** The limits by name: how a contestant measures each with a number of threads, and the amount of work. */
const limits = {
  relaxed: (smoke, threads) => ({
    title: "fused multiply-add peak (relaxed SIMD)",
    work: "peak",
    task: { relaxed: true, turns: amount(smoke).turns },
    operations: threads * amount(smoke).turns * operationsPerTurn,
  }),
  strict: (smoke, threads) => ({
    title: "multiply and add peak (strict SIMD)",
    work: "peak",
    task: { relaxed: false, turns: amount(smoke).turns },
    operations: threads * amount(smoke).turns * operationsPerTurn,
  }),
  memory: (smoke) => ({
    title: `memory read, ${amount(smoke).bytes / 2 ** 20} MiB`,
    work: "bandwidth",
    task: { bytes: amount(smoke).bytes },
    bytes: amount(smoke).bytes,
  }),
};

/** Upper bounds for any kernel, as separate rows. */
export const rows = ({ smoke, threads }) =>
  threads.flatMap((count) =>
    Object.values(limits).map((limit) => ({ ...limit(smoke, count), threads: count, who: ["limit"], isLimit: true })),
  );

/** The limits that apply to a row, by name, measured in turn with its contestants. */
export function limitsBeside(row, smoke) {
  if (row.isLimit) return [];
  const names = row.bytes ? ["memory"] : row.operations ? ["relaxed", "strict"] : [];
  return names.map((name) => ({ name, ...limits[name](smoke, row.threads) }));
}
