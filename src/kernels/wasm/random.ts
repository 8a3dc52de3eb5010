import type { Buffer, DropoutSpec, RandomStream } from "../kernels";
import { referenceKernels } from "../reference";
import { align } from "./region";
import { dispatch } from "./threads";
import type { Workspace } from "./workspace";

/** Fewer numbers than these take less time where they are than a call. */
const WORTH_A_CALL = 64;
/** Normal numbers are made so many at most at a time, which the fastest cache holds. */
const BLOCK = 4096;
/** Words come in groups of eight, and of a stream that has half a pair left, the kernels make the other half again. */
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

  dropout(x: Buffer, spec: DropoutSpec): { output: Buffer; kept: Uint8Array } {
    if (x.length < WORTH_A_CALL) return referenceKernels.dropout(x, spec);
    const kept = new Uint8Array(Math.ceil((x.length + 1) / 8));
    return { output: this.#drop(x, kept, spec, true), kept };
  }

  dropoutGradient(gradient: Buffer, kept: Uint8Array, spec: DropoutSpec): Buffer {
    if (gradient.length < WORTH_A_CALL) return referenceKernels.dropoutGradient(gradient, kept, spec);
    return this.#drop(gradient, kept, spec, false);
  }

  /** @param fresh whether `kept`, a bit for each place, is written or read */
  #drop(x: Buffer, kept: Uint8Array, spec: DropoutSpec, fresh: boolean): Buffer {
    const { length } = x;
    const odd = spec.start % 2;
    const room = align(4 * length + OVERHANG);
    return this.#workspace.use(2 * room + align(kept.length), (region) => {
      const [from, to, bits] = [region.take(room), region.take(room), region.take(kept.length)];
      const bytes = new Uint8Array(region.memory.buffer, bits, kept.length);
      region.numbers.set(x, from / 4 + odd);
      if (!fresh) bytes.set(kept);
      // u < rate for u = bits / 2²⁴ is the same as bits < ⌈rate · 2²⁴⌉.
      const drawn = fresh ? [Math.ceil(spec.rate * 2 ** 24), ...cipherOf(spec)] : [];
      const args = [to, from, bits, 1 / (1 - spec.rate), ...drawn];
      const work = { count: length + odd, work: fresh ? 12 : 4, multiple: 8 };
      dispatch(region, fresh ? "dropout" : "dropoutGradient", args, work);
      if (fresh) kept.set(bytes);
      return region.get(to + 4 * odd, length);
    });
  }

  normal(stream: RandomStream, count: number): { numbers: Buffer; end: number } {
    // Pairs that begin in the middle of a pair of words are the reference's: nobody draws many of them.
    if (stream.start % 2 === 1) return referenceKernels.normal(stream, count);
    const { key } = stream;
    const numbers = new Float32Array(count);
    let { start } = stream;
    let made = 0;
    // Each group of eight words makes eight numbers at most.
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

/** The key, and the counter, low half first, that gives the first word or both it and the one before it. */
function cipherOf({ key, start }: RandomStream): readonly number[] {
  const pair = Math.floor(start / 2);
  return [...key, pair % 2 ** 32, Math.floor(pair / 2 ** 32)];
}
