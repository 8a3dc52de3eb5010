import type { Tensor } from "../tensor";
import type { HeldPart, Positions } from "./cache-positions";
import { Memories, States } from "./cache-states";
import { type CachedTensors, firstPositions } from "./keys-and-values";
import type { Module } from "./module";

/** All that a cache holds. */
export class Contents {
  constructor(
    readonly positions: Positions,
    readonly states = new States(),
    readonly memories = new Memories(),
  ) {}

  /** The tensors in use. */
  values(length: number): CachedTensors[] {
    return [
      ...this.positions.values(length),
      ...this.states.values(),
      ...this.memories.values().map(({ k, v, keys }) => firstPositions({ k, v }, keys)),
    ];
  }

  /** The number of rows of the batch, if anything is held. */
  rows(length: number): number | undefined {
    return length > 0 ? (this.positions.rows ?? this.states.rows) : undefined;
  }

  /** The bytes of all numbers, with their room. */
  get bytes(): number {
    return this.positions.bytes + this.states.bytes + this.memories.bytes;
  }

  /** What each module holds of a text, without memories. */
  parts(length: number): (readonly [Module, HeldPart])[] {
    return length > 0 ? [...this.positions.parts(length), ...this.states.parts()] : [];
  }

  restore(module: Module, part: HeldPart): void {
    if (part.start === undefined) this.states.restore(module, part.stored as CachedTensors);
    else this.positions.restore(module, part);
  }

  /** A copy of the first positions. */
  fork(length: number): Contents {
    return new Contents(this.positions.copy(length), this.states.fork(), this.memories.fork());
  }

  /** Some rows from a position on, without memories. */
  from(position: number, length: number, rows?: readonly number[]): Contents {
    const states = rows ? this.states.reordered(rows) : this.states.fork();
    return new Contents(this.positions.copy(length, rows, position), states);
  }

  reordered(rows: readonly number[], length: number, memory: Tensor | undefined): Contents {
    const memories = this.memories.reordered(rows, memory);
    return new Contents(this.positions.copy(length, rows), this.states.reordered(rows), memories);
  }

  /** The rows of both. Keys and values of a memory are computed again. */
  joined(other: Contents, lengths: readonly [number, number], capacity: number): Contents {
    const positions = this.positions.joined(other.positions, lengths, capacity);
    return new Contents(positions, this.states.joined(other.states));
  }

  /** Without what was kept of a text; memories stay. */
  emptied(): Contents {
    return new Contents(this.positions.emptied(), undefined, this.memories);
  }

  /** The modules that have something of a text in it. */
  get modules(): ReadonlySet<Module> {
    return new Set([...this.positions.modules, ...this.states.modules]);
  }
}
