import type { RowProgram, RowStep, RowValue, StepFactor } from "../row-program";
import type { Region } from "./region";
import type { Ground, Side } from "./row-ground";
import { homeOf, type Part, PartWriter, storedAs } from "./row-part";

/** A value: its size, and its address in each memory that has it. */
export interface Value {
  readonly size: number;
  readonly at: Map<Ground, number>;
}

/** The numbers of a value, where it was computed. */
export function numbersOf({ size, at }: Value): Float32Array {
  const [[ground, address]] = [...at] as [[Ground, number]];
  return ground.view(address, size);
}

/** Places the steps of a program in the memories of its weights: a new part begins where a weight lies in another one. */
export class ProgramLayout {
  readonly values: Value[];
  readonly parts: Part[] = [];
  readonly #grounds: ReadonlyMap<Region, Ground>;
  readonly #side: Side;
  readonly #inputs: number;
  /** The part that steps are added to. */
  #part: PartWriter;

  /**
   * @param ground where steps without weights begin
   * @param side the area of each memory that is free
   */
  constructor(
    grounds: ReadonlyMap<Region, Ground>,
    ground: Ground,
    side: Side,
    { steps }: RowProgram,
    inputs: readonly Value[],
  ) {
    this.#grounds = grounds;
    this.#side = side;
    this.#inputs = inputs.length;
    this.values = [...inputs];
    this.#part = new PartWriter(ground, side);
    for (const step of steps) this.#add(step);
    this.parts.push(this.#part.end());
  }

  #add(step: RowStep): void {
    if (step.kind === "products") {
      for (const factors of groupsOf(step.factors)) this.#products(step.x, factors);
      return;
    }
    const { size } = this.values[step.x]!;
    if (step.kind === "rotary") {
      // In place; an input stays as it is, for whoever has to do without this program.
      const isInput = step.x < this.#inputs;
      const turned = isInput ? this.#part.copied(numbersOf(this.values[step.x]!)) : this.#here(step.x);
      this.#part.rotary(step, turned);
      this.#has(size, turned);
      return;
    }
    const x = this.#here(step.x);
    const second = step.kind === "add" ? step.other : step.kind === "unary" ? step.factor : undefined;
    const other = second === undefined ? 0 : this.#here(second);
    const y = this.#part.take(size);
    this.#part.row(step, { x, y, size, other });
    this.#has(size, y);
  }

  /** @param factors of one memory and kind */
  #products(x: RowValue, factors: readonly StepFactor[]): void {
    const ground = this.#grounds.get(homeOf(factors[0]!)!)!;
    if (ground !== this.#part.ground) {
      this.parts.push(this.#part.end());
      this.#part = new PartWriter(ground, this.#side);
    }
    const results = this.#part.products(factors, this.#here(x), this.values[x]!.size);
    for (const [i, y] of results.entries()) this.#has(factors[i]!.rows, y);
  }

  #has(size: number, y: number): void {
    this.values.push({ size, at: new Map([[this.#part.ground, y]]) });
  }

  /** The address of a value in the memory of the present part, into which it is copied if it is in another one. */
  #here(value: RowValue): number {
    const found = this.values[value]!;
    const { ground } = this.#part;
    const at = found.at.get(ground) ?? this.#part.copied(numbersOf(found));
    found.at.set(ground, at);
    return at;
  }
}

/** Neighbours of one kind in one memory. */
function groupsOf(factors: readonly StepFactor[]): StepFactor[][] {
  const groups: StepFactor[][] = [];
  for (const factor of factors) {
    const last = groups.at(-1)?.[0];
    const isAlike = last && homeOf(last) === homeOf(factor) && storedAs(last) === storedAs(factor);
    if (isAlike) groups.at(-1)!.push(factor);
    else groups.push([factor]);
  }
  return groups;
}
