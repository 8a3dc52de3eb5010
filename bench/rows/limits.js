import { operationsPerTurn } from "../limits/loops.js";

/** What no kernel can pass. */
export const rows = ({ smoke, threads }) => {
  const turns = smoke ? 1000 : 2e7;
  const bytes = smoke ? 2 ** 20 : 2 ** 29;
  return threads.flatMap((count) => [
    ...[true, false].map((relaxed) => ({
      title: relaxed ? "fused multiply-add peak (relaxed SIMD)" : "multiply and add peak (strict SIMD)",
      work: "peak",
      limit: relaxed ? "operations" : undefined,
      task: { relaxed, turns },
      threads: count,
      who: ["limit"],
      operations: count * turns * operationsPerTurn,
    })),
    {
      title: `memory read, ${bytes / 2 ** 20} MiB`,
      work: "bandwidth",
      limit: "bytes",
      task: { bytes },
      threads: count,
      who: ["limit"],
      bytes,
    },
  ]);
};
