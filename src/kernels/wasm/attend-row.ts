import type { HeldRows, RowAttention } from "../row-program";
import type { AttentionSpec } from "../specs";
import { regionOf } from "./arenas";
import { ATTENTION_SPEC_BYTES, writeAttentionSpec } from "./attention-call";
import { isPlain } from "./attention-extremes";
import { seenKeys } from "./attention-use";
import { compiled, type Flavor } from "./module";
import { align, type Region } from "./region";
import { brief, grainOf, threadCount, type Work } from "./threads";

const nothing = { mask: 0, bias: 0, biasGradient: 0, kept: 0, starts: 0 };

/** Attention of a kind, and where it is computed in each memory that has a cache: all layers of the kind use one place. */
export interface Attending {
  readonly attention: RowAttention;
  readonly spots: WeakMap<ArrayBufferLike, Spot>;
}

/** Where the attention over a cache is computed; undefined if these kernels cannot compute it there. */
export function spotOf(flavor: Flavor, attending: Attending, { k, v }: HeldRows): Spot | undefined {
  const known = attending.spots.get(k.buffer);
  const spot = known?.isCurrent ? known : newSpot(attending, k);
  const isHome = spot !== undefined && v.buffer === k.buffer && spot.home.module === compiled(flavor);
  return isHome && spot.hasRoom ? spot : undefined;
}

function newSpot({ attention, spots }: Attending, k: Float32Array): Spot | undefined {
  const home = regionOf(k);
  const spot = home && new Spot(home, attention);
  if (spot) spots.set(k.buffer, spot);
  return spot;
}

/** Where one row is computed in the memory of a cache, to the bit as `attention` does. Allocates nothing for a token. */
export class Spot {
  readonly home: Region;
  readonly #base: number;
  readonly #bytes: number;
  readonly #threads = threadCount();
  readonly #spec: AttentionSpec<Float32Array>;
  /** The sizes as the kernel reads them, and their address. */
  readonly #sizes: Int32Array;
  readonly #place: number;
  readonly #query: Float32Array;
  readonly #output: Float32Array;
  readonly #statistics: Float32Array;
  /** What the kernel is called with, and its work. */
  readonly #args: number[];
  readonly #work: Work;

  constructor(home: Region, { heads, headDim, keyValueHeads, scale, window, softcap }: RowAttention) {
    const scratchBytes = align(home.assembly.attentionScratchBytes!(headDim, headDim));
    const size = heads * headDim;
    const base = home.next;
    const output = base + align(4 * size);
    const statistics = output + align(4 * size);
    const place = statistics + align(8 * heads);
    const scratch = place + align(ATTENTION_SPEC_BYTES);
    this.home = home;
    this.#base = base;
    this.#bytes = scratch + this.#threads * scratchBytes - base;
    this.#spec = {
      ...{ batch: 1, queries: 1, keys: 1, capacity: 1, heads, keyValueHeads, headDim, valueDim: headDim },
      ...{ scale, causal: true, window, softcap, mask: undefined },
    };
    const words = new ArrayBuffer(ATTENTION_SPEC_BYTES);
    this.#sizes = new Int32Array(words);
    writeAttentionSpec({ integers: this.#sizes, numbers: new Float32Array(words) }, 0, this.#spec, nothing);
    this.#place = place;
    this.#query = home.view(base, size);
    this.#output = home.view(output, size);
    this.#statistics = home.view(statistics, 2 * heads);
    this.#args = [base, 0, 0, output, statistics, place];
    this.#work = { count: heads, work: 0, multiple: 1, scratch, scratchBytes };
  }

  /** Whether nothing else lies there, and as many threads share it. */
  get isCurrent(): boolean {
    return this.#base === this.home.next && this.#threads === threadCount();
  }

  get hasRoom(): boolean {
    return this.home.room >= this.#bytes;
  }

  /**
   * Appends a key and a value in place, and takes a query.
   *
   * @returns the heads of a part
   */
  begin(q: Float32Array, key: Float32Array, value: Float32Array, { k, v, keys }: HeldRows): number {
    const { home } = this;
    k.set(key, keys * key.length);
    v.set(value, keys * value.length);
    this.#query.set(q);
    this.#spec.keys = keys + 1;
    this.#sizes[2] = keys + 1;
    home.integers.set(this.#sizes, this.#place / 4);
    this.#args[1] = k.byteOffset;
    this.#args[2] = v.byteOffset;
    this.#work.work = seenKeys(this.#spec) * 2 * this.#spec.headDim;
    brief(home, "attention", this.#args, this.#work);
    return grainOf(this.#work, 1);
  }

  attendHeads(from: number, to: number): void {
    this.home.assembly.attention!(...this.#args, from, to, this.#work.scratch!);
  }

  /** Writes the result. @returns false, without having written, if these numbers need other kernels */
  end(to: Float32Array): boolean {
    const found = this.#statistics;
    for (let i = 0; i < found.length; i += 2) if (!isPlain(found[i]!, found[i + 1]!)) return false;
    to.set(this.#output);
    return true;
  }
}
