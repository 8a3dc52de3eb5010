import type { Reducing } from "../../src/tensor/operations/reducible";
import * as reductions from "../../src/tensor/operations/reductions";
import * as statistics from "../../src/tensor/operations/statistics";

/** The operation of every function in reductions.ts, found by its file. */
export const everyReduction: Readonly<Record<keyof typeof reductions, Reducing>> = Object.fromEntries(
  Object.keys(reductions).map((name) => [name, Reflect.get(statistics, name)]),
) as Record<keyof typeof reductions, Reducing>;
