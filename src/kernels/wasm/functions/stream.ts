import { functions } from "../binaries";
import type { Assembly } from "../module";
import { bytesOf } from "../text";

/** Numbers that are copied in at a time: in and out they stay in the second cache. */
export const CHUNK = 16_384;
/** The addresses of up to three operands and a result, in bytes. Nothing else is in the memory below. */
const FIRST = 1024;
const PLACE = 4 * CHUNK;
/** Room for float64 numbers, and for the three behind them that a kernel touches. */
const WIDE = 8 * CHUNK + 64;
const BYTES = FIRST + 4 * PLACE + 2 * WIDE;

/**
 * A memory for functions that read each number once. It is small, so that numbers pass through the processor's cache on
 * their way from one JavaScript array to another, and not shared: engines copy into a shared one at half the speed.
 */
export interface Stream {
  readonly numbers: Float32Array;
  readonly doubles: Float64Array;
  readonly assembly: Assembly;
}

let stream: Stream | undefined;

export function streamOf(): Stream {
  if (stream) return stream;
  const memory = new WebAssembly.Memory({ initial: Math.ceil(BYTES / 65_536) });
  const module = new WebAssembly.Module(bytesOf(functions));
  const assembly = new WebAssembly.Instance(module, { env: { memory } }).exports as Assembly;
  stream = { numbers: new Float32Array(memory.buffer), doubles: new Float64Array(memory.buffer), assembly };
  return stream;
}

/** The address of an operand, or of the result behind them. */
export const placeOf = (operand: number): number => FIRST + operand * PLACE;
/** The address of one of two lists of float64 numbers. */
export const wideOf = (list: 0 | 1): number => placeOf(4) + list * WIDE;
