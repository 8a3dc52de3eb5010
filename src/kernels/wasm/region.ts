import { type Assembly, canShare, compiled, type Flavor } from "./module";

const PAGE = 65536;
/** Where numbers may begin: below lie the constants of the binary. */
const BASE = 4096;
/** What a 32-bit address reaches. */
export const LARGEST = 65535 * PAGE;

/**
 * Engines leave shared memory out when they judge whether to collect garbage: dropped memories would pile up. A buffer that
 * nobody reads stands for each, of so many bytes at most; its zeros take no memory until they are written.
 */
const BALLAST = 2 ** 26;

let next = 0;

/** A memory of fixed size with the kernels working in it. Its numbers are laid out from the bottom, scratch on top. */
export class Region {
  /** What threads call it. */
  readonly id = next++;
  readonly memory: WebAssembly.Memory;
  readonly module: WebAssembly.Module;
  readonly assembly: Assembly;
  readonly numbers: Float32Array;
  readonly integers: Int32Array;
  readonly bytes: number;
  readonly ballast: ArrayBuffer;
  /** The first free byte, and the one after the last that may be taken. */
  #free = BASE;
  #end: number;

  /** @throws RangeError if so much memory cannot be had */
  constructor(flavor: Flavor, bytes: number) {
    const pages = Math.ceil((bytes + BASE) / PAGE);
    this.memory = memoryOf(pages);
    this.module = compiled(flavor);
    this.assembly = new WebAssembly.Instance(this.module, { env: { memory: this.memory } }).exports as Assembly;
    this.numbers = new Float32Array(this.memory.buffer);
    this.integers = new Int32Array(this.memory.buffer);
    this.bytes = pages * PAGE;
    this.ballast = new ArrayBuffer(canShare() ? Math.min(this.bytes, BALLAST) : 0);
    this.#end = this.bytes;
  }

  /** Bytes that may still be taken. */
  get room(): number {
    return this.#end - this.#free;
  }

  /**
   * The address of so many bytes, 16 of them aligned.
   *
   * @throws RangeError if there is no room for them: whoever asked for it asked for too little
   */
  take(bytes: number): number {
    const at = this.#free;
    if (align(bytes) > this.room)
      throw new RangeError(`kernels: ${bytes} bytes were wanted where there is room for ${this.room}`);
    this.#free += align(bytes);
    return at;
  }

  /** Runs a computation whose takings, so many bytes at most, are free again after it. */
  scratch<Result>(bytes: number, compute: () => Result): Result {
    const free = this.#free;
    const end = this.#end;
    // The limit is what was asked for even where there is more, so that asking for too little never goes unseen.
    this.#end = Math.min(end, free + align(bytes));
    try {
      return compute();
    } finally {
      this.#free = free;
      this.#end = end;
    }
  }

  /** Copies numbers in. @returns their address */
  put(values: Float32Array): number {
    const at = this.take(values.byteLength);
    this.numbers.set(values, at >>> 2);
    return at;
  }

  /** Copies whole numbers in. @returns their address */
  putIntegers(values: ArrayLike<number>): number {
    const at = this.take(4 * values.length);
    this.integers.set(values, at >>> 2);
    return at;
  }

  /** So many numbers where they lie. */
  view(at: number, count: number): Float32Array {
    return this.numbers.subarray(at >>> 2, (at >>> 2) + count);
  }

  /** Copies so many numbers out. */
  get(at: number, count: number): Float32Array<ArrayBuffer> {
    return new Float32Array(this.view(at, count));
  }
}

export const align = (bytes: number): number => Math.ceil(bytes / 16) * 16;

function memoryOf(pages: number): WebAssembly.Memory {
  if (pages <= LARGEST / PAGE)
    try {
      return new WebAssembly.Memory({ initial: pages, maximum: pages, shared: canShare() });
    } catch {
      // Said below, with how much was wanted.
    }
  const wanted = `${((pages * PAGE) / 2 ** 20).toFixed(0)} MiB`;
  throw new RangeError(`kernels: ${wanted} of memory could not be had; use a smaller batch or model, or free others`);
}
