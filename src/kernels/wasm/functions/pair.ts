import type { Broadcast, PairVector } from "../../specs";
import { combineParts } from "../operands";
import { placeOf } from "../stream";
import { tableOf } from "../table";
import { functionStream } from "./stream";

/** The numbers of functions in the kernel's pair.ts. */
const numberOf: Readonly<Record<PairVector, number>> = {
  maximum: 0,
  minimum: 1,
  power: 2,
  equal: 3,
  notEqual: 4,
  less: 5,
  lessEqual: 6,
  greater: 7,
  greaterEqual: 8,
};

/** f of every pair by vector instructions; undefined if an operand broadcasts along a middle axis. */
export function pairVector(
  vector: PairVector,
  a: Float32Array,
  b: Float32Array,
  { shape, stepsA, stepsB }: Broadcast,
): Float32Array | undefined {
  const table = tableOf(shape, [stepsA, stepsB]);
  if (!table) return undefined;
  const stream = functionStream();
  // An unknown function is none of the kernel's numbers: it traps.
  const f = numberOf[vector] ?? -1;
  return combineParts(stream, [a, b], table, ([stepA, stepB], count) =>
    stream.assembly.pair!(f, placeOf(0), stepA!, placeOf(1), stepB!, placeOf(2), count),
  );
}
