import { Op, type Program, WIDTH } from "./program";

const PLACES_PER_PAGE = 0x100;
/** Above this size, the memory is cleared, which costs only time. */
const MOST_BYTES = 1 << 26;
const MOST_ENDS = 1 << 20;

/**
 * Remembers for each branching step the positions from which it cannot succeed, so that no path is tried twice: the
 * time is then bounded by the text's length times the number of steps.
 *
 * @see Davis, Servant and Lee, "Using selective memoization to defeat regular expression denial of service", 2021
 */
export class Memory {
  /** The index of each branching step; -1 for other steps. */
  readonly points: Int32Array;
  #count = 0;
  readonly #pages: Uint32Array[] = [];
  #bytes = 0;
  readonly #ends = new Map<number, number>();

  constructor(program: Program) {
    const { code } = program;
    this.points = new Int32Array(code.length / WIDTH).fill(-1);
    for (let step = 0; step < code.length; step += WIDTH) {
      if (code[step] === Op.SPLIT || code[step] === Op.RUN) this.points[step / WIDTH] = this.#count++;
    }
  }

  forget(): void {
    this.#pages.length = 0;
    this.#bytes = 0;
    this.#ends.clear();
  }

  failed(point: number, at: number): boolean {
    const page = this.#pages[at >> 8];
    if (page === undefined || page.length === 0) return false;
    const bit = point * PLACES_PER_PAGE + (at & 0xff);
    return ((page[bit >> 5] as number) & (1 << (bit & 31))) !== 0;
  }

  noteFailure(point: number, at: number): void {
    const page = this.#page(at >> 8);
    const bit = point * PLACES_PER_PAGE + (at & 0xff);
    page[bit >> 5] = (page[bit >> 5] as number) | (1 << (bit & 31));
  }

  #page(index: number): Uint32Array {
    const known = this.#pages[index];
    if (known !== undefined && known.length > 0) return known;
    const page = new Uint32Array((this.#count * PLACES_PER_PAGE) / 32);
    if (this.#bytes + page.byteLength > MOST_BYTES) this.forget();
    while (this.#pages.length < index) this.#pages.push(NO_PAGE);
    this.#pages[index] = page;
    this.#bytes += page.byteLength;
    return page;
  }

  /** The end of an atomic group or look-around from this step and position; undefined if unknown. */
  end(point: number, at: number): number | undefined {
    return this.#ends.get(at * this.#count + point);
  }

  noteEnd(point: number, at: number, end: number): void {
    if (this.#ends.size >= MOST_ENDS) this.#ends.clear();
    this.#ends.set(at * this.#count + point, end);
  }
}

const NO_PAGE = /* @__PURE__ */ new Uint32Array(0);
