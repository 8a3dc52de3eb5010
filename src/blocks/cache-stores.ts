import { expectFunction } from "../checks";
import { type HeadShape, indexSelect, type Tensor } from "../tensor";
import {
  type CachedTensors,
  chosenRows,
  copied,
  expectHeads,
  expectRows,
  expectSameKind,
  expectTensor,
  firstPositions,
  isSameKind,
  type KeysAndValues,
  place,
  roomFor,
  rowsOf,
} from "./keys-and-values";
import type { Module } from "./module";

/** What modules append for each position. It is written in place and grows by doubling. */
export class Positions {
  readonly #held = new Map<object, CachedTensors>();

  /** Writes new positions after those in use, and returns all of them with their room. */
  append(module: Module, given: CachedTensors, length: number, capacity: number): CachedTensors {
    const needed = length + Object.values(given)[0]!.shape[1]!;
    const held = this.#held.get(module);
    if (length > 0) expectSameKind(module, held, given);
    // A failed pass may have reserved room for other shapes.
    const fits = held !== undefined && isSameKind(held, given) && Object.values(held)[0]!.shape[1]! >= needed;
    const own = fits ? held : grown(given, held, length, Math.min(capacity, 2 ** Math.ceil(Math.log2(needed || 1))));
    this.#held.set(module, own);
    place(own, length, given);
    return own;
  }

  values(): CachedTensors[] {
    return [...this.#held.values()];
  }

  /** With these rows only, if they are given. */
  copy(length: number, rows?: readonly number[]): Positions {
    const copy = new Positions();
    if (length > 0) for (const [module, held] of this.#held) copy.#held.set(module, copied(held, length, rows));
    return copy;
  }
}

/** More room, with the contents copied over. */
function grown(
  given: CachedTensors,
  held: CachedTensors | undefined,
  length: number,
  positions: number,
): CachedTensors {
  const own = roomFor(given, rowsOf(given), positions);
  if (held !== undefined && length > 0) place(own, 0, firstPositions(held, length));
  return own;
}

/** What modules keep as a whole after each pass. New states count from the end of the pass on. */
export class States {
  #held = new Map<Module, CachedTensors>();
  readonly #next = new Map<Module, CachedTensors>();

  keep(module: Module, state: CachedTensors): void {
    this.#next.set(module, state);
  }

  /** @throws Error if nothing is held for this module; ShapeError if the batch differs */
  recall(module: Module, x: Tensor): CachedTensors {
    const held = this.#held.get(module);
    expectRows(module, held, x.shape[0]);
    return held;
  }

  /** The end of a pass: its states are those to recall. */
  commit(): void {
    for (const [module, state] of this.#next) this.#held.set(module, state);
    this.discard();
  }

  /** Forgets the states of a pass that failed. */
  discard(): void {
    this.#next.clear();
  }

  /** A module that keeps a state. */
  get module(): Module | undefined {
    return [...this.#held.keys()][0];
  }

  values(): CachedTensors[] {
    return [...this.#held.values()];
  }

  /** States are never written in place. */
  fork(): States {
    const copy = new States();
    copy.#held = new Map(this.#held);
    return copy;
  }

  reordered(rows: readonly number[]): States {
    const copy = new States();
    for (const [module, held] of this.#held) copy.#held.set(module, chosenRows(held, rows));
    return copy;
  }
}

/** Keys and values of memories, with the memory that they belong to. */
export class Memories {
  #held = new Map<object, { source: Tensor } & KeysAndValues>();

  remember(module: Module, source: Tensor, compute: () => KeysAndValues): KeysAndValues {
    expectTensor("source", source);
    const held = this.#held.get(module);
    if (held?.source === source) return held;
    expectFunction("KeyValueCache", "compute", compute);
    const given = compute();
    expectHeads("k", given?.k);
    expectHeads("v", given.v);
    const computed = { source, ...given };
    this.#held.set(module, computed);
    return computed;
  }

  has(module: object): boolean {
    return this.#held.has(module);
  }

  values(): KeysAndValues[] {
    return [...this.#held.values()];
  }

  fork(): Memories {
    const copy = new Memories();
    copy.#held = new Map(this.#held);
    return copy;
  }

  /** The rows for a new memory. What belongs to it already stays; without one, everything is forgotten. */
  reordered(rows: readonly number[], memory: Tensor | undefined): Memories {
    const copy = new Memories();
    if (memory === undefined) return copy;
    for (const [module, held] of this.#held) {
      const isSame = held.source === memory;
      const chosen = (x: Tensor<HeadShape>) => (isSame ? x : indexSelect(x, rows, { axis: 0 })) as Tensor<HeadShape>;
      copy.#held.set(module, { source: memory, k: chosen(held.k), v: chosen(held.v), keys: held.keys });
    }
    return copy;
  }
}

/** All that a cache holds. */
export class Contents {
  constructor(
    readonly positions = new Positions(),
    readonly states = new States(),
    readonly memories = new Memories(),
  ) {}

  /** The tensors in use. */
  values(length: number): CachedTensors[] {
    return [
      ...this.positions.values().map((own) => firstPositions(own, length)),
      ...this.states.values(),
      ...this.memories.values().map(({ k, v, keys }) => firstPositions({ k, v }, keys)),
    ];
  }

  /** The number of rows of the batch, if anything is held. */
  rows(length: number): number | undefined {
    const first = this.positions.values()[0] ?? this.states.values()[0];
    return first && length > 0 ? rowsOf(first) : undefined;
  }

  fork(length: number): Contents {
    return new Contents(this.positions.copy(length), this.states.fork(), this.memories.fork());
  }

  reordered(rows: readonly number[], length: number, memory: Tensor | undefined): Contents {
    const memories = this.memories.reordered(rows, memory);
    return new Contents(this.positions.copy(length, rows), this.states.reordered(rows), memories);
  }

  /** Without what was kept of a text; memories stay. */
  emptied(): Contents {
    return new Contents(undefined, undefined, this.memories);
  }
}
