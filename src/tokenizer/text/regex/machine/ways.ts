import type { Memory } from "./memory";
import { IntegerStack } from "./stack";

/** Numbers that a way takes: step, place, the least place of a run or -1, call, and how long the trail was. */
const WIDTH = 5;

/** The ways that were not taken yet, what registers held before, and what was passed since. */
export class Ways {
  readonly registers: Int32Array;
  readonly #stack = new IntegerStack();
  /** Points and places that were passed since the ways on the stack parted. */
  readonly #trail = new IntegerStack();
  readonly #memory: Memory | undefined;
  /** The way that was taken last. */
  step = 0;
  at = 0;
  least = -1;
  call = -1;

  constructor(registers: number, memory: Memory | undefined) {
    this.registers = new Int32Array(registers);
    this.#memory = memory;
  }

  clear(): void {
    this.registers.fill(-1);
    this.#stack.length = 0;
    this.#trail.length = 0;
  }

  free(): void {
    this.#stack.free();
    this.#trail.free();
  }

  get count(): number {
    return this.#stack.length;
  }

  get trailLength(): number {
    return this.#trail.length;
  }

  push(step: number, at: number, least: number, call: number): void {
    this.#stack.push5(step, at, least, call, this.#trail.length);
  }

  /** Puts a place into a register, until the way is taken back. */
  note(register: number, at: number): void {
    this.#stack.push5(~register, this.registers[register] as number, 0, 0, 0);
    this.registers[register] = at;
  }

  pass(point: number, at: number): void {
    this.#trail.push2(point, at);
  }

  /** Takes the way that parted last; what was noted since is as it was, and what was passed since leads nowhere. */
  takeLast(base: number): boolean {
    const stack = this.#stack;
    while (stack.length > base) {
      stack.length -= WIDTH;
      const { values, length } = stack;
      const step = values[length] as number;
      if (step >= 0) {
        this.step = step;
        this.at = values[length + 1] as number;
        this.least = values[length + 2] as number;
        this.call = values[length + 3] as number;
        this.fail(values[length + 4] as number);
        return true;
      }
      this.registers[~step] = values[length + 1] as number;
    }
    return false;
  }

  /** Remembers that what was passed from here on leads nowhere. */
  fail(trailLength: number): void {
    const memory = this.#memory;
    const trail = this.#trail;
    if (memory === undefined) return;
    for (let i = trailLength; i < trail.length; i += 2) {
      memory.noteFailure(trail.values[i] as number, trail.values[i + 1] as number);
    }
    trail.length = trailLength;
  }

  /**
   * Drops the ways since `base`, and keeps what was noted before, so that it can be undone.
   *
   * @param remembers whether what was passed since leads to this end for whoever passes it again
   */
  drop(base: number, trailBase: number, end: number, remembers: boolean): void {
    const { values, length } = this.#stack;
    let kept = base;
    for (let i = base; i < length; i += WIDTH) {
      if ((values[i] as number) >= 0) continue;
      values[kept] = values[i] as number;
      values[kept + 1] = values[i + 1] as number;
      kept += WIDTH;
    }
    this.#stack.length = kept;
    const trail = this.#trail;
    for (let i = trailBase; remembers && i < trail.length; i += 2) {
      this.#memory?.noteEnd(trail.values[i] as number, trail.values[i + 1] as number, end);
    }
    trail.length = trailBase;
  }
}
