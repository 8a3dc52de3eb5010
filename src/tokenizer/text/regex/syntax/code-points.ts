/** One more than the last code point. */
export const CODE_POINT_LIMIT = 0x110000;

/** Sets with more stretches are written by their properties if possible. */
const FEW_STRETCHES = 40;

/** Whether the written form of a set is shorter than its list of stretches. */
function isShort(set: CodePoints): boolean {
  return set.bounds.length > FEW_STRETCHES && set.written.length < set.bounds.length;
}

function writtenStretches(bounds: readonly number[]): string {
  const stretches: string[] = [];
  for (let i = 0; i < bounds.length; i += 2) {
    const [first, last] = [bounds[i] as number, (bounds[i + 1] as number) - 1];
    stretches.push(first === last ? writtenCharacter(first) : `${writtenCharacter(first)}-${writtenCharacter(last)}`);
  }
  return `[${stretches.join("")}]`;
}

/** The character itself if it has no special meaning: the engine optimizes only short patterns. */
function writtenCharacter(codePoint: number): string {
  const isPlain = codePoint > 0xa0 && (codePoint < 0xd800 || codePoint > 0xdfff);
  return isPlain ? String.fromCodePoint(codePoint) : `\\u{${codePoint.toString(16)}}`;
}

/** A set of code points: sorted, separate stretches, each as its first code point and the one after its last. */
export class CodePoints {
  readonly bounds: readonly number[];
  readonly #written: string | undefined;

  private constructor(bounds: readonly number[], written?: string) {
    this.bounds = bounds;
    this.#written = written;
  }

  /** A JavaScript class for the flag v: short if the set was made of properties, otherwise its stretches. */
  get written(): string {
    return this.#written ?? writtenStretches(this.bounds);
  }

  /**
   * @param bounds stretches in any order, which may overlap: first, after the last, first, …
   * @param written the equivalent JavaScript class
   */
  static of(bounds: readonly number[], written?: string): CodePoints {
    const stretches: [number, number][] = [];
    for (let i = 0; i < bounds.length; i += 2) stretches.push([bounds[i] as number, bounds[i + 1] as number]);
    stretches.sort((a, b) => a[0] - b[0]);
    const merged: number[] = [];
    for (const [first, end] of stretches) {
      const last = merged.length - 1;
      if (last > 0 && first <= (merged[last] as number)) merged[last] = Math.max(merged[last] as number, end);
      else if (first < end) merged.push(first, end);
    }
    return new CodePoints(merged, written);
  }

  static single(codePoint: number): CodePoints {
    return new CodePoints([codePoint, codePoint + 1]);
  }

  static range(first: number, last: number): CodePoints {
    return new CodePoints([first, last + 1]);
  }

  static union(sets: readonly CodePoints[]): CodePoints {
    const full = sets.filter((set) => !set.isEmpty);
    if (full.length === 1) return full[0] as CodePoints;
    const bounds = full.flatMap((set) => set.bounds);
    return CodePoints.of(bounds, full.some(isShort) ? `[${full.map((set) => set.written).join("")}]` : undefined);
  }

  has(codePoint: number): boolean {
    let low = 0;
    let high = this.bounds.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.bounds[middle] as number) <= codePoint) low = middle + 1;
      else high = middle;
    }
    return (low & 1) === 1;
  }

  get isEmpty(): boolean {
    return this.bounds.length === 0;
  }

  /** The only member; undefined if there are none or several. */
  get only(): number | undefined {
    const [first, end] = this.bounds;
    return this.bounds.length === 2 && end === (first as number) + 1 ? first : undefined;
  }

  complement(): CodePoints {
    const { bounds } = this;
    const inner = bounds[0] === 0 ? bounds.slice(1) : [0, ...bounds];
    if (inner.at(-1) === CODE_POINT_LIMIT) inner.pop();
    else inner.push(CODE_POINT_LIMIT);
    return new CodePoints(inner, isShort(this) ? `[^${this.written}]` : undefined);
  }

  intersect(other: CodePoints): CodePoints {
    const common: number[] = [];
    for (let i = 0, j = 0; i < this.bounds.length && j < other.bounds.length; ) {
      const [end, otherEnd] = [this.bounds[i + 1] as number, other.bounds[j + 1] as number];
      const first = Math.max(this.bounds[i] as number, other.bounds[j] as number);
      if (first < Math.min(end, otherEnd)) common.push(first, Math.min(end, otherEnd));
      if (end < otherEnd) i += 2;
      else j += 2;
    }
    const short = isShort(this) || isShort(other);
    return new CodePoints(common, short ? `[${this.written}&&${other.written}]` : undefined);
  }

  without(other: CodePoints): CodePoints {
    return this.intersect(other.complement());
  }

  overlaps(other: CodePoints): boolean {
    return !this.intersect(other).isEmpty;
  }

  /** Whether every member of the other set is in this one. */
  covers(other: CodePoints): boolean {
    return other.without(this).isEmpty;
  }
}

export const NO_CODE_POINTS: CodePoints = /* @__PURE__ */ CodePoints.of([]);
export const ALL_CODE_POINTS: CodePoints = /* @__PURE__ */ CodePoints.of([0, CODE_POINT_LIMIT]);
