import type { Flavor } from "./module";
import { Region } from "./region";

const SMALLEST = 2 ** 24;
/** A workspace beyond this is not kept for the next call. */
const LARGEST_KEPT = 2 ** 28;

/** The memory for calls whose operands all lie on the JavaScript heap; it grows with the largest of them. */
export class Workspace {
  readonly #flavor: Flavor;
  #region: Region | undefined;

  constructor(flavor: Flavor) {
    this.#flavor = flavor;
  }

  /** Runs a computation in a region that has so many bytes of room. */
  use<Result>(bytes: number, compute: (region: Region) => Result): Result {
    if (this.#region === undefined || this.#region.room < bytes) {
      this.#region = undefined;
      this.#region = new Region(this.#flavor, Math.max(SMALLEST, Math.ceil(bytes * 1.25)));
    }
    const region = this.#region;
    if (region.bytes > LARGEST_KEPT) this.#region = undefined;
    return region.scratch(() => compute(region));
  }
}
