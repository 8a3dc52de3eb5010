import type { Memory } from "./memory";
import { IntegerStack } from "./stack";

/** Numbers per alternative: step, position, minimum position of a run or -1, call, and the length of the trail. */
const WIDTH = 5;

/** The untried alternatives, the previous values of registers, and the trail since. */
export class Ways {
  readonly registers: Int32Array;
  readonly #stack = new IntegerStack();
  /** Steps and positions visited since the untried alternatives were added. */
  readonly #trail = new IntegerStack();
  readonly #memory: Memory | undefined;
  /** The alternative taken last. */
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

  /** Stores a position in a register, until backtracking. */
  note(register: number, at: number): void {
    this.#stack.push5(~register, this.registers[register] as number, 0, 0, 0);
    this.registers[register] = at;
  }

  pass(point: number, at: number): void {
    this.#trail.push2(point, at);
  }

  /** Backtracks to the latest alternative: registers are restored, and the trail since is marked as failed. */
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

  /** Marks the trail from here on as failed. */
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
   * Drops the alternatives since `base`, but keeps the previous register values so that they can be restored.
   *
   * @param remembers whether the trail since leads to this end for any later visit
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
