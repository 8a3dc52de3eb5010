import { type Assembly, canShare } from "./module";

const PAGE = 65536;
/** The first free address: the constants of the binary are below it. */
const BASE = 4096;
/** The largest memory that 32-bit addresses reach. */
export const LARGEST = 65535 * PAGE;

/**
 * The largest ballast in bytes. Engines ignore shared memory when deciding whether to collect garbage, so unreachable
 * memories would pile up. A dummy buffer allocated with each memory makes the engine count it. The buffer is never
 * written, so it occupies no physical memory.
 */
const BALLAST = 2 ** 26;

/** Gives the compiled kernels. */
export type Compile = () => WebAssembly.Module;

let next = 0;

let spareOf: ((count: number) => Float32Array<ArrayBuffer> | undefined) | undefined;

/** Whoever gives arrays back brings what finds them, so that other pages leave it out. */
export const bringSpare = (find: typeof spareOf): void => {
  spareOf = find;
};

let calls: WebAssembly.ModuleImports = {};

/** Whoever compiles kernels that call something brings it, so that other pages leave it out. */
export const bringCalls = (functions: typeof calls): void => {
  calls = functions;
};

/** A memory and kernels that work in it. */
export interface Place {
  /** Its id in messages to threads. */
  readonly id: number;
  readonly memory: WebAssembly.Memory;
  readonly module: WebAssembly.Module;
  readonly assembly: Assembly;
}

const instantiated = (module: WebAssembly.Module, memory: WebAssembly.Memory): Place => ({
  ...{ id: next++, memory, module },
  assembly: new WebAssembly.Instance(module, { env: { memory, ...calls } }).exports as Assembly,
});

/** A memory of fixed size and the kernels that work in it. Values fill it from the bottom, with scratch after them. */
export class Region implements Place {
  readonly id: number;
  readonly memory: WebAssembly.Memory;
  readonly module: WebAssembly.Module;
  readonly assembly: Assembly;
  readonly numbers: Float32Array;
  readonly integers: Int32Array;
  readonly doubles: Float64Array;
  readonly bytes: number;
  readonly ballast: ArrayBuffer;
  /** The first free byte, and the end of the free bytes. */
  #free = BASE;
  #end: number;
  /** The end of what was ever in use: behind it are zeros. */
  #used = BASE;
  #others = new Map<WebAssembly.Module, Place>();

  /** @throws RangeError if out of memory */
  constructor(compile: Compile, bytes: number) {
    const pages = Math.ceil((bytes + BASE) / PAGE);
    ({ memory: this.memory, ballast: this.ballast } = memoryOf(pages));
    ({ id: this.id, module: this.module, assembly: this.assembly } = instantiated(compile(), this.memory));
    this.numbers = new Float32Array(this.memory.buffer);
    this.integers = new Int32Array(this.memory.buffer);
    this.doubles = new Float64Array(this.memory.buffer);
    this.bytes = pages * PAGE;
    this.#end = this.bytes;
  }

  /** Its memory with other kernels. */
  with(module: WebAssembly.Module): Place {
    const known = this.#others.get(module) ?? instantiated(module, this.memory);
    this.#others.set(module, known);
    return known;
  }

  /** The address that `take` gives next. */
  get next(): number {
    return this.#free;
  }

  /** The number of free bytes. */
  get room(): number {
    return this.#end - this.#free;
  }

  /**
   * Allocates bytes, 16-byte aligned. Returns their address.
   *
   * @throws RangeError if there is no room: the caller reserved too little
   */
  take(bytes: number): number {
    const at = this.#free;
    if (align(bytes) > this.room)
      throw new RangeError(`kernels: ${bytes} bytes were requested but only ${this.room} are free`);
    this.#free += align(bytes);
    this.#used = Math.max(this.#used, this.#free);
    return at;
  }

  /** Like `take`, for zeros. What was never in use is not written, so that the system gives memory for it only when it is. */
  takeZeros(bytes: number): number {
    const used = this.#used;
    const at = this.take(bytes);
    if (at < used) new Uint8Array(this.memory.buffer, at, Math.min(align(bytes), used - at)).fill(0);
    return at;
  }

  /** Runs a computation that may allocate up to `bytes`, and frees them after it. */
  scratch<Result>(bytes: number, compute: () => Result): Result {
    const free = this.#free;
    const end = this.#end;
    // The limit applies even if there is more room, so that reserving too little always fails.
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

  /** Copies numbers or bytes in. @returns their address */
  putBytes({ buffer, byteOffset, byteLength }: Float32Array | Uint8Array): number {
    const at = this.take(byteLength);
    new Uint8Array(this.memory.buffer, at, byteLength).set(new Uint8Array(buffer, byteOffset, byteLength));
    return at;
  }

  /** Copies whole numbers in. @returns their address */
  putIntegers(values: ArrayLike<number>): number {
    const at = this.take(4 * values.length);
    this.integers.set(values, at >>> 2);
    return at;
  }

  /** A view of `count` numbers, without a copy. */
  view(at: number, count: number): Float32Array {
    return this.numbers.subarray(at >>> 2, (at >>> 2) + count);
  }

  /** A copy of `count` numbers. */
  get(at: number, count: number): Float32Array<ArrayBuffer> {
    const copy = spareOf?.(count) ?? new Float32Array(count);
    copy.set(this.view(at, count));
    return copy;
  }
}

export const align = (bytes: number): number => Math.ceil(bytes / 16) * 16;

function memoryOf(pages: number): Pick<Region, "memory" | "ballast"> {
  const shared = canShare();
  if (pages <= LARGEST / PAGE)
    try {
      const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared });
      return { memory, ballast: new ArrayBuffer(shared ? Math.min(pages * PAGE, BALLAST) : 0) };
    } catch {
      // Reported below, with the size.
    }
  const wanted = `${((pages * PAGE) / 2 ** 20).toFixed(0)} MiB`;
  throw new RangeError(
    `kernels: out of memory (${wanted} requested); use a smaller batch or model, or free other models`,
  );
}
