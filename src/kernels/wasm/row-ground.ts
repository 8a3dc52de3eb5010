import type { Place, Region } from "./region";
import { align } from "./region";

/** Which of two areas. */
export type Side = 0 | 1;

/**
 * Two areas of a memory of weights, which programs use in turn: what one gives stays until the next has run. Behind them
 * the steps of all programs lie. Nothing is kept there from one token to the next, so that products may use the same
 * memory in between.
 */
export class Ground {
  readonly region: Region;
  /** The memory with the kernels of decoding. */
  readonly place: Place;
  readonly #base: number;
  readonly #area: number;
  readonly #bytes: number;
  readonly #next: [number, number];
  #nextStep: number;
  readonly #views = new Map<string, Float32Array>();

  /** @param area the bytes of each area, and `steps` those of all steps, as `align` gives them */
  constructor(region: Region, place: Place, { area, steps }: { area: number; steps: number }) {
    this.region = region;
    this.place = place;
    this.#base = region.next;
    this.#area = area;
    this.#bytes = 2 * area + steps;
    this.#next = [this.#base, this.#base + area];
    this.#nextStep = this.#base + 2 * area;
  }

  /** Whether the areas are still behind all weights, with room. */
  get isCurrent(): boolean {
    return this.region.next === this.#base && this.region.room >= this.#bytes;
  }

  /** Runs a computation that uses the areas: what it takes in this memory lies behind them. */
  use<Result>(compute: () => Result): Result {
    return this.region.scratch(this.region.room, () => {
      this.region.take(this.#bytes);
      return compute();
    });
  }

  /**
   * Numbers at an address. Programs of one kind have theirs at the same addresses and so share views, which are then still
   * in the processor's cache when the next layer uses them.
   */
  view(at: number, size: number): Float32Array {
    const place = `${at} ${size}`;
    const view = this.#views.get(place) ?? this.region.view(at, size);
    this.#views.set(place, view);
    return view;
  }

  /** Gives all of an area back. */
  clear(side: Side): void {
    this.#next[side] = this.#base + side * this.#area;
  }

  /** @throws RangeError if an area is full: it was made too small */
  take(side: Side, bytes: number): number {
    const at = this.#next[side];
    this.#next[side] += align(bytes);
    this.#expectRoom(this.#next[side], this.#base + (side + 1) * this.#area);
    return at;
  }

  /** Room for steps, and for what they read in each run. @throws as `take` */
  takeForSteps(bytes: number): number {
    const at = this.#nextStep;
    this.#nextStep += align(bytes);
    this.#expectRoom(this.#nextStep, this.#base + this.#bytes);
    return at;
  }

  #expectRoom(next: number, end: number): void {
    if (next > end) throw new RangeError(`kernels: a row program takes ${next - end} bytes more than there are`);
  }
}
