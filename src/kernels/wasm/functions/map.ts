import type { Mapping, MapVector, Settings } from "../../specs";
import { CHUNK, inParts } from "../stream";
import { functionStream } from "./stream";

/** The numbers of functions in the kernel's map.ts. */
const numberOf: Readonly<Record<MapVector, number>> = {
  abs: 0,
  sign: 1,
  round: 2,
  rsqrt: 3,
  hardSwish: 4,
  leakyRelu: 5,
  clamp: 6,
  sin: 7,
  cos: 8,
  log1p: 9,
  expm1: 10,
  mish: 11,
  geluSigmoid: 12,
  softplus: 13,
  elu: 14,
};
/** The sine of a larger angle is left to the reference. */
const LARGEST_ANGLE = 3e7;

/** f of every element by vector instructions. */
export function mapVector(vector: MapVector, { value }: Pick<Mapping, "value">, settings: Settings, x: Float32Array) {
  const stream = functionStream();
  const [first = 0, second = 0] = settings;
  const large: number[] = [];
  const output = inParts(stream, [x], ([place], count, start) => {
    // An unknown function is none of the kernel's numbers: it traps.
    if (stream.assembly.map!(numberOf[vector] ?? -1, place!, count, first, second)) large.push(start);
  });
  for (const start of large)
    x.subarray(start, start + CHUNK).forEach((each, i) => {
      if (Math.abs(each) > LARGEST_ANGLE) output[start + i] = value(each, first, second);
    });
  return output;
}
