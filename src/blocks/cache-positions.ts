import { aClassOf } from "../describe";
import { type HeadShape, ShapeError, Tensor } from "../tensor";
import { type CachedTensors, expectSameKind, isSameKind, type KeysAndValues, rowsOf } from "./keys-and-values";
import type { Module } from "./module";
import {
  bytesOf,
  copied,
  decode,
  encode,
  moveToFront,
  partOf,
  place,
  placeRows,
  roomFor,
  roomOf,
  Scratch,
  type Stored,
} from "./stored";

/** How a module uses what it appends. */
export interface AppendOptions {
  /**
   * How many of the last positions each new one needs, itself included; all if omitted. Earlier ones may be dropped:
   * `keys` counts those that are still there, up to the newest.
   */
  window?: number | undefined;
  /** Whether other modules read the result later in the same pass, as those with `sharedKeys` do; false if omitted. */
  shared?: boolean | undefined;
}

/** What a module holds of a text: its state, or positions from `start` on. */
export interface HeldPart {
  readonly stored: Stored;
  /** How many positions were dropped; undefined for a state. */
  readonly start?: number | undefined;
  readonly window?: number | undefined;
}

/** Positions that are kept beyond a window, so that some of the last tokens can be dropped again. */
const UNDOABLE = 32;
/** Further room beyond a window, so that what is kept moves to the front only now and then. */
const slackOf = (window: number): number => Math.min(96, Math.max(8, window));

/** What one module appended: positions from `start` on. */
interface Held {
  stored: Stored;
  /** How many positions were dropped. */
  start: number;
  window: number | undefined;
}

/** The first position that the next one needs. */
const firstNeeded = (length: number, window: number | undefined): number =>
  window === undefined ? 0 : Math.max(0, length - window + 1);

/** What modules append for each position. It is written in place and grows by doubling, up to a window. */
export class Positions {
  readonly #held = new Map<Module, Held>();
  readonly #scratch = new Scratch();
  readonly #bits: 8 | undefined;

  constructor(bits?: 8) {
    this.#bits = bits;
  }

  /** Writes new positions after those in use, and returns all that are kept, with their room. */
  append(
    module: Module,
    given: CachedTensors,
    { length, capacity, window, shared }: Place & AppendOptions,
  ): { tensors: CachedTensors; keys: number } {
    const part = encode(given, this.#bits);
    const held = this.#held.get(module);
    if (length > 0) expectSameKind(module, held?.stored, part);
    // A failed pass may have reserved room for other shapes.
    const like = held && isSameKind(held.stored, part) && rowsOf(held.stored) === rowsOf(part) ? held : undefined;
    if (like && like.start > firstNeeded(length, window)) throw dropped(module, like.start);
    const own = { ...this.#withRoom(part, like, { length, capacity, window }), window };
    this.#held.set(module, own);
    place(own.stored, length - own.start, part);
    const keys = length - own.start + positionsOf(part);
    return { tensors: decode(own.stored, keys, shared ? new Scratch() : this.#scratch), keys };
  }

  /**
   * Where one more position of one text goes, if there is room beside what the module has appended with this window: the
   * tensors and the place. Numbers in 8 bits have no such room.
   */
  room(module: Module, size: HeadSize, length: number, window: number | undefined): KeysAndValues | undefined {
    const held = this.#held.get(module);
    if (held === undefined || held.window !== window || held.start > firstNeeded(length, window)) return undefined;
    const { k, v } = held.stored;
    const keys = length - held.start;
    return hasSize(k, size, keys) && hasSize(v, size, keys) ? { k, v, keys } : undefined;
  }

  /** What is held, with room for the new positions; without those before the window if there would be none. */
  #withRoom(part: Stored, held: Held | undefined, { length, capacity, window }: Place & AppendOptions) {
    const start = length === 0 ? 0 : (held?.start ?? 0);
    const seq = positionsOf(part);
    if (held && length - start + seq <= roomOf(held.stored)) return { stored: held.stored, start };
    const next = Math.max(start, firstNeeded(length, window) - UNDOABLE);
    const needed = length - next + seq;
    const full = window === undefined ? capacity : Math.min(capacity, window + UNDOABLE + slackOf(window));
    const doubled = next > 0 ? full : Math.min(full, 2 ** Math.ceil(Math.log2(needed || 1)));
    const room = Math.max(needed, doubled);
    this.#scratch.clear();
    const isRoomy = held !== undefined && roomOf(held.stored) === room;
    const stored = isRoomy ? held.stored : roomFor(part, rowsOf(part), room);
    if (held !== undefined && length > 0)
      moveToFront(stored, held.stored, { start: next - start, end: length - start });
    return { stored, start: next };
  }

  /** The smallest length that can be kept, other than 0, and the module that needs so many. */
  shortest(): { length: number; module: Module | undefined } {
    let most: { length: number; module: Module | undefined } = { length: 0, module: undefined };
    for (const [module, { start, window = 1 }] of this.#held)
      if (start > 0 && start + window - 1 > most.length) most = { length: start + window - 1, module };
    return most;
  }

  /** The tensors in use. */
  values(length: number): CachedTensors[] {
    return [...this.#held.values()].map(({ stored, start }) => {
      const used = partOf(stored, 0, length - start);
      return decode(used, length - start, new Scratch());
    });
  }

  get rows(): number | undefined {
    const [first] = this.#held.values();
    return first && rowsOf(first.stored);
  }

  get bytes(): number {
    return [...this.#held.values()].reduce((sum, { stored }) => sum + bytesOf(stored), 0);
  }

  /** A copy of the positions from `from` to `length`, of these rows only if they are given. */
  copy(length: number, rows?: readonly number[], from = 0): Positions {
    const copy = new Positions(this.#bits);
    if (length > 0)
      for (const [module, { stored, start, window }] of this.#held) {
        const span = { start: Math.max(0, from - start), end: length - start };
        copy.#held.set(module, { stored: copied(stored, span, rows), start: Math.max(0, start - from), window });
      }
    return copy;
  }

  /** Whether any position could still be dropped again if it held so many. */
  keepsAll(length: number): boolean {
    return [...this.#held.values()].every(({ window = length }) => window >= length);
  }

  emptied(): Positions {
    return new Positions(this.#bits);
  }

  get modules(): readonly Module[] {
    return [...this.#held.keys()];
  }

  /** What each module holds, with copies of the positions in use. */
  parts(length: number): (readonly [Module, HeldPart])[] {
    return [...this.#held].map(([module, { stored, start, window }]) => {
      return [module, { start, window, stored: partOf(stored, 0, length - start) }];
    });
  }

  restore(module: Module, { stored, start, window }: HeldPart): void {
    this.#held.set(module, { stored, start: start ?? 0, window });
  }

  /** The rows of both, aligned at their ends: the shorter ones have zeros before them. */
  joined(other: Positions, lengths: readonly [number, number], capacity: number): Positions {
    const joint = new Positions(this.#bits);
    for (const [module, held] of this.#held) {
      const more = other.#held.get(module)!;
      expectMergeable(module, held.stored, more.stored);
      joint.#held.set(module, together([held, more], lengths, capacity));
    }
    return joint;
  }
}

type HeadSize = readonly [heads: number, headDim: number];

/** Whether a part holds positions of one text with these heads, and more than `count` fit. */
function hasSize(
  part: Stored[string] | undefined,
  [heads, headDim]: HeadSize,
  count: number,
): part is Tensor<HeadShape> {
  if (!(part instanceof Tensor) || part.rank !== 4) return false;
  const { shape } = part;
  return shape[0] === 1 && shape[1]! > count && shape[2] === heads && shape[3] === headDim;
}

/** Where new positions go. */
interface Place {
  length: number;
  capacity: number;
}

const positionsOf = roomOf;

function together(parts: readonly [Held, Held], lengths: readonly [number, number], capacity: number): Held {
  const longest = Math.max(...lengths);
  const kept = parts.map(({ start }, i) => lengths[i]! - start);
  // What one of them has dropped, the other need not keep; one that has dropped nothing can be padded.
  const cut = kept.filter((_, i) => parts[i]!.start > 0);
  const count = cut.length > 0 ? Math.min(...cut) : longest;
  const rows = parts.map(({ stored }) => rowsOf(stored));
  const room = Math.min(capacity, Math.max(count, ...parts.map(({ stored }) => roomOf(stored))));
  const stored = roomFor(parts[0].stored, rows[0]! + rows[1]!, room);
  parts.forEach((part, i) => {
    const used = Math.min(kept[i]!, count);
    placeRows(stored, i === 0 ? 0 : rows[0]!, count - used, partOf(part.stored, kept[i]! - used, kept[i]!));
  });
  return { stored, start: longest - count, window: parts[0].window };
}

/** @throws ShapeError unless only rows and positions differ */
function expectMergeable(module: Module, one: Stored, other: Stored): void {
  const sizes = (stored: Stored) =>
    Object.entries(stored).map(([name, x]) => `${name} [batch, seq, ${x.shape.slice(2).join(", ")}]`);
  const [held, more] = [sizes(one), sizes(other)].map((all) => all.sort().join(" and "));
  if (held !== more)
    throw new ShapeError(
      `KeyValueCache: join: ${aClassOf(module)} holds ${held} in one cache and ${more} in the other`,
    );
}

const dropped = (module: Module, start: number): RangeError =>
  new RangeError(
    `KeyValueCache: the first ${start} positions of ${aClassOf(module)} were dropped, because they were outside its window; a wider window cannot be used with this cache`,
  );
