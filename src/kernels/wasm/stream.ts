import type { Assembly } from "./module";
import { changed } from "./text";

/** Numbers that are copied in at a time: on their way in and out they stay in the second cache. */
export const CHUNK = 16_384;
/** The addresses of up to three operands and a result, in bytes. Constants of the binary lie between 1024 and them. */
const FIRST = 2048;
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

/** The stream of a binary, which differences change, compiled at first use. */
export function streamOf(binary: string, ...differences: readonly string[]): () => Stream {
  let stream: Stream | undefined;
  return () => {
    stream ??= open(changed(binary, differences));
    return stream;
  };
}

function open(bytes: Uint8Array<ArrayBuffer>): Stream {
  const memory = new WebAssembly.Memory({ initial: Math.ceil(BYTES / 65_536) });
  const module = new WebAssembly.Module(bytes);
  const assembly = new WebAssembly.Instance(module, { env: { memory } }).exports as Assembly;
  return { numbers: new Float32Array(memory.buffer), doubles: new Float64Array(memory.buffer), assembly };
}

/** The address of an operand, or of the result behind them. */
export const placeOf = (operand: number): number => FIRST + operand * PLACE;
/** The address of one of two lists of float64 numbers. */
export const wideOf = (list: 0 | 1): number => placeOf(4) + list * WIDE;

/** Calls `visit` with each part of an array: where it is copied to, and where its first number was. */
export function inParts(
  { numbers }: Stream,
  operands: readonly (Float32Array | undefined)[],
  visit: (places: readonly number[], count: number, start: number) => void,
): Float32Array {
  const { length } = operands[0]!;
  const output = new Float32Array(length);
  const places = operands.map((operand, i) => (operand ? placeOf(i) : 0));
  for (let start = 0; start < length; start += CHUNK) {
    const count = Math.min(CHUNK, length - start);
    operands.forEach((operand, i) => {
      if (operand) numbers.set(operand.subarray(start, start + count), placeOf(i) / 4);
    });
    visit(places, count, start);
    output.set(numbers.subarray(FIRST / 4, FIRST / 4 + count), start);
  }
  return output;
}
