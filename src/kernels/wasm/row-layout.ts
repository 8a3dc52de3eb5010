import type { RowProgram, RowStep, RowValue, StepFactor } from "../row-program";
import type { Region } from "./region";
import { homeOf, storedAs } from "./row-factors";
import type { Ground, Side } from "./row-ground";
import { Segment } from "./row-segment";

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

/** Room for a value. */
export const placed = (size: number, ground: Ground, side: Side): Value => ({
  size,
  at: new Map([[ground, ground.take(side, 4 * size)]]),
});

/** The segments of a chain. Programs go on in the same segment while their weights lie in the same memory. */
export class Segments {
  readonly all: Segment[] = [];
  #last: Segment | undefined;

  /** The last one if it is in this memory; a new one otherwise. */
  in(ground: Ground): Segment {
    if (this.#last?.ground !== ground) {
      this.#last = new Segment(ground);
      this.all.push(this.#last);
    }
    return this.#last;
  }

  /** The last one, if a program may go on in it. */
  get last(): Segment | undefined {
    return this.#last;
  }

  /** Ends the last one, before a program that these kernels do not run. */
  end(): void {
    this.#last = undefined;
  }
}

/** Places the steps of a program in the memories of its weights. */
export class ProgramLayout {
  readonly values: Value[];
  readonly #segments: Segments;
  readonly #grounds: ReadonlyMap<Region, Ground>;
  readonly #side: Side;
  readonly #turn: number;
  readonly #inputs: number;
  /** What steps are added to. */
  #segment: Segment;

  /**
   * @param ground where steps without weights begin
   * @param side the area of each memory that is free
   * @param turn the kind of its rotations
   */
  constructor(
    segments: Segments,
    grounds: ReadonlyMap<Region, Ground>,
    { ground, side, turn }: { ground: Ground; side: Side; turn: number },
    { steps }: RowProgram,
    inputs: readonly Value[],
  ) {
    this.#segments = segments;
    this.#grounds = grounds;
    this.#side = side;
    this.#turn = turn;
    this.#inputs = inputs.length;
    this.values = [...inputs];
    this.#segment = segments.in(ground);
    for (const step of steps) this.#add(step);
  }

  /** A value for the next program, in that one's memory. */
  handOn(value: RowValue, ground: Ground): Value {
    const { size, at } = this.values[value]!;
    const own = at.get(ground);
    // The next program but one overwrites this program's inputs.
    if (own !== undefined && value >= this.#inputs) return { size, at: new Map([[ground, own]]) };
    const copy = placed(size, ground, this.#side);
    const to = copy.at.get(ground)!;
    if (this.#segment.ground !== ground) this.#segment.leave(numbersOf(this.values[value]!), numbersOf(copy));
    else if (own === undefined) this.#segment.bring(numbersOf(this.values[value]!), to);
    else this.#segment.copy(own, to, size);
    return copy;
  }

  #add(step: RowStep): void {
    if (step.kind === "products") {
      for (const factors of groupsOf(step.factors)) this.#products(step.x, factors);
      return;
    }
    const { size } = this.values[step.x]!;
    const x = this.#here(step.x);
    if (step.kind === "rotary") {
      const isInput = step.x < this.#inputs;
      // In place; an input stays as it is, for whoever has to do without this program.
      const turned = isInput ? this.#take(size) : x;
      if (isInput) this.#segment.copy(x, turned, size);
      this.#segment.rotary(step, turned, this.#turn);
      this.#has(size, turned);
      return;
    }
    const second = step.kind === "add" ? step.other : step.kind === "unary" ? step.factor : undefined;
    const other = second === undefined ? 0 : this.#here(second);
    const y = this.#take(size);
    this.#segment.row(step, { x, y, size, other });
    this.#has(size, y);
  }

  /** @param factors of one memory and kind */
  #products(x: RowValue, factors: readonly StepFactor[]): void {
    this.#segment = this.#segments.in(this.#grounds.get(homeOf(factors[0]!)!)!);
    const results = this.#segment.products(this.#side, factors, this.#here(x), this.values[x]!.size);
    for (const [i, y] of results.entries()) this.#has(factors[i]!.rows, y);
  }

  #take(size: number): number {
    return this.#segment.ground.take(this.#side, 4 * size);
  }

  #has(size: number, y: number): void {
    this.values.push({ size, at: new Map([[this.#segment.ground, y]]) });
  }

  /** The address of a value in the memory of the present segment, into which it is copied if it is in another one. */
  #here(value: RowValue): number {
    const found = this.values[value]!;
    const { ground } = this.#segment;
    const known = found.at.get(ground);
    if (known !== undefined) return known;
    const at = this.#take(found.size);
    this.#segment.bring(numbersOf(found), at);
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
