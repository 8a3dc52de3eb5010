import type { CodePoints } from "../syntax/code-points";
import { RegexProblem } from "../syntax/problem";
import { type Program, WIDTH } from "./program";

/** The maximum number of steps: each takes memory and, for some texts, is visited at every character. */
const MOST_STEPS = 50_000;

/** The steps of a program under construction. */
export class Steps {
  readonly #code: number[] = [];
  readonly #sets = new Map<CodePoints, number>();
  readonly #lists: (readonly number[])[] = [];
  readonly #registerOfGroup = new Map<number, number>();
  #registers = 0;
  #keep = -1;

  get here(): number {
    return this.#code.length;
  }

  /** @throws RegexProblem if there are too many. */
  add(op: number, a = 0, b = 0, c = 0): number {
    const step = this.#code.length;
    if (step >= MOST_STEPS * WIDTH) {
      throw new RegexProblem(`the pattern is too long, with more than ${MOST_STEPS} steps (shorten it); it begins`, 0);
    }
    this.#code.push(op, a, b, c);
    return step;
  }

  /** A step with a second target, set by {@link aim}. */
  addSplit(op: number): number {
    return this.add(op, this.here + WIDTH, this.here + WIDTH);
  }

  /** Sets the target of a step to the next step. */
  aim(step: number, operand: 1 | 2, target = this.here): void {
    this.#code[step + operand] = target;
  }

  set(set: CodePoints): number {
    const known = this.#sets.get(set) ?? this.#sets.size;
    this.#sets.set(set, known);
    return known;
  }

  /** The registers of groups; the last group of a name is tried first. */
  list(groups: readonly number[]): number {
    return this.#lists.push(groups.map((group) => this.#registerOfGroup.get(group) as number).reverse()) - 1;
  }

  addRegister(): number {
    return this.#registers++;
  }

  /** The first of a group's two registers; undefined if the group is never referenced. */
  registerOf(group: number): number | undefined {
    return this.#registerOfGroup.get(group);
  }

  keepGroup(group: number): void {
    if (this.#registerOfGroup.has(group)) return;
    this.#registerOfGroup.set(group, this.#registers);
    this.#registers += 2;
  }

  /** The register of `\K`. */
  keep(): number {
    if (this.#keep < 0) this.#keep = this.addRegister();
    return this.#keep;
  }

  get program(): Program {
    return {
      code: Int32Array.from(this.#code),
      sets: Array.from(this.#sets.keys()),
      lists: this.#lists,
      registers: this.#registers,
      keep: this.#keep,
    };
  }
}
