import { bringSpare } from "./wasm/region";

/** Arrays that nobody reads any more. */
const spare: Float32Array<ArrayBuffer>[] = [];

/** Shorter ones cost less than looking for them, and a few are enough. */
const LEAST = 4096;
const MOST = 4;

/**
 * Gives back an array that nobody reads any more, for a later result of its length. Only who has it alone may do so. Engines
 * take fresh memory of a system that clears it, and stop to collect it: for the scores of each new token, that takes longer
 * than to compute with them.
 */
export function giveBack(numbers: Float32Array): void {
  const { buffer, byteLength, length } = numbers;
  const isWhole = buffer instanceof ArrayBuffer && buffer.byteLength === byteLength;
  if (length < LEAST || !isWhole || spare.length === MOST || spare.some((one) => one.buffer === buffer)) return;
  bringSpare(spareOf);
  spare.push(numbers as Float32Array<ArrayBuffer>);
}

function spareOf(length: number): Float32Array<ArrayBuffer> | undefined {
  const at = spare.findIndex((one) => one.length === length);
  return at < 0 ? undefined : spare.splice(at, 1)[0];
}

/** An array with any contents: its caller writes all of it. */
export const roomFor = (length: number): Float32Array<ArrayBuffer> => spareOf(length) ?? new Float32Array(length);

/** Keeps none. */
export const forgetSpare = (): void => {
  spare.length = 0;
};
