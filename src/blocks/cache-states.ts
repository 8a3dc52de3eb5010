import { expectFunction } from "../checks";
import { concatenate, type HeadShape, indexSelect, type Tensor } from "../tensor";
import {
  type CachedTensors,
  chosenRows,
  eachKept,
  expectHeads,
  expectRows,
  expectTensor,
  type KeysAndValues,
  rowsOf,
} from "./keys-and-values";
import type { Module } from "./module";
import { bytesOf } from "./stored";

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

  /** The rows of both. */
  joined(other: States): States {
    const joint = new States();
    for (const [module, held] of this.#held) {
      const more = other.#held.get(module)!;
      joint.#held.set(
        module,
        eachKept(held, (x, name) => concatenate([x, more[name]!], { axis: 0 })),
      );
    }
    return joint;
  }

  parts(): (readonly [Module, { stored: CachedTensors }])[] {
    return [...this.#held].map(([module, stored]) => [module, { stored }]);
  }

  restore(module: Module, stored: CachedTensors): void {
    this.#held.set(module, stored);
  }

  get rows(): number | undefined {
    const [first] = this.#held.values();
    return first && rowsOf(first);
  }

  get bytes(): number {
    return [...this.#held.values()].reduce((sum, held) => sum + bytesOf(held), 0);
  }

  get modules(): readonly Module[] {
    return [...this.#held.keys()];
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

  get bytes(): number {
    return this.values().reduce((sum, { k, v }) => sum + bytesOf({ k, v }), 0);
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
