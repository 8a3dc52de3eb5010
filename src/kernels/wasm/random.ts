import type { Kept, RandomStream } from "../kernels";
import { referenceKernels } from "../reference";
import { align } from "./region";
import { dispatch, threadCount } from "./threads";
import type { Workspace } from "./workspace";

/** Fewer numbers are faster in JavaScript than with a call. */
const WORTH_A_CALL = 64;
/** The largest number of normal numbers generated at a time, which fits the L1 cache. */
const BLOCK = 4096;
/** Extra bytes: words come in groups of eight, and a stream may start in the middle of a pair. */
const OVERHANG = 4 * 8;

/** Kernels that draw random words: the same bits as the reference's. */
export class RandomNumbers {
  readonly #workspace: Workspace;

  constructor(workspace: Workspace) {
    this.#workspace = workspace;
  }

  words(stream: RandomStream, count: number): Uint32Array {
    if (count < WORTH_A_CALL) return referenceKernels.words(stream, count);
    const odd = stream.start % 2;
    const bytes = 4 * count + OVERHANG;
    return this.#workspace.use(bytes, (region) => {
      const at = region.take(bytes);
      dispatch(region, "words", [at, ...cipherOf(stream)], { count: count + odd, work: 8, multiple: 8 });
      return new Uint32Array(region.get(at + 4 * odd, count).buffer);
    });
  }

  choosePlaces(stream: RandomStream, count: number, rate: number): Kept {
    if (count < WORTH_A_CALL) return referenceKernels.choosePlaces(stream, count, rate);
    const odd = stream.start % 2;
    const length = Math.ceil((count + odd) / 8);
    const scratchBytes = 4 * 8;
    return this.#workspace.use(align(length) + threadCount() * scratchBytes, (region) => {
      const at = region.take(length);
      const scratch = region.take(threadCount() * scratchBytes);
      // u < rate for u = bits / 2²⁴ is the same as bits < ⌈rate · 2²⁴⌉.
      const args = [at, Math.ceil(rate * 2 ** 24), ...cipherOf(stream)];
      dispatch(region, "choosePlaces", args, { count: length, work: 80, multiple: 16, scratch, scratchBytes });
      const bits = new Uint8Array(length);
      bits.set(new Uint8Array(region.memory.buffer, at, length));
      return { bits: odd ? withoutFirst(bits, count) : bits, rate };
    });
  }

  dropout(x: Float32Array, kept: Kept): Float32Array {
    const { length } = x;
    if (length < WORTH_A_CALL) return referenceKernels.dropout(x, kept);
    const room = align(4 * length + OVERHANG);
    return this.#workspace.use(2 * room + align(kept.bits.length), (region) => {
      const [from, to, bits] = [region.take(room), region.take(room), region.take(kept.bits.length)];
      region.numbers.set(x, from / 4);
      new Uint8Array(region.memory.buffer).set(kept.bits, bits);
      dispatch(region, "dropout", [to, from, bits, 1 / (1 - kept.rate)], { count: length, work: 4, multiple: 8 });
      return region.get(to, length);
    });
  }

  normal(stream: RandomStream, count: number): { numbers: Float32Array; end: number } {
    // The reference draws pairs that start in the middle of a pair of words: they are rare.
    if (stream.start % 2 === 1) return referenceKernels.normal(stream, count);
    const { key } = stream;
    const numbers = new Float32Array(count);
    let { start } = stream;
    let made = 0;
    // Each group of eight words gives at most eight numbers.
    const groups = () => Math.floor(Math.min(count - made, BLOCK) / 8);
    this.#workspace.use(4 * BLOCK, (region) => {
      const at = region.take(4 * BLOCK);
      for (let some = groups(); some > 0; some = groups()) {
        const more = region.assembly.normal!(at, ...cipherOf({ key, start }), some);
        numbers.set(region.view(at, more), made);
        made += more;
        start += 8 * some;
      }
    });
    const rest = referenceKernels.normal({ key, start }, count - made);
    numbers.set(rest.numbers, made);
    return { numbers, end: rest.end };
  }
}

/** `count` bits from the second one on. */
function withoutFirst(bits: Uint8Array, count: number): Uint8Array {
  const moved = new Uint8Array(Math.ceil(count / 8));
  for (let i = 0; i < moved.length; i++) moved[i] = (bits[i]! >>> 1) | ((bits[i + 1] ?? 0) << 7);
  return moved;
}

/** The key, and the counter (low half first) of the pair with the first word. */
function cipherOf({ key, start }: RandomStream): readonly number[] {
  const pair = Math.floor(start / 2);
  return [...key, pair % 2 ** 32, Math.floor(pair / 2 ** 32)];
}
