import type { Axis } from "../specs";
import { CHUNK, placeOf, type Stream, wideOf } from "./stream";

/** What numbers are added up to, in the order of the kernel's numbers, and what that is of no numbers. */
const folds = { sum: 0, sizes: 0, squares: 0, exponentials: 0, product: 1, greatest: -Infinity, smallest: Infinity };
type Fold = keyof typeof folds;
const names = Object.keys(folds) as Fold[];

/** The lines of an array along an axis. */
export class Lines {
  readonly axis: Axis;
  readonly #x: Float32Array;
  readonly #stream: Stream;

  constructor(stream: Stream, x: Float32Array, axis: Axis) {
    this.#stream = stream;
    this.#x = x;
    this.axis = axis;
  }

  /** Of every line, its numbers less the line's shift. */
  fold(name: Fold, shifts?: Float64Array): Float64Array {
    const { outer, size, inner } = this.axis;
    const totals = new Float64Array(outer * inner).fill(folds[name]);
    const offsets = shifts ?? new Float64Array(outer * inner);
    if (inner > 1) for (let o = 0; o < outer; o++) this.#columns(name, o, offsets, totals);
    else if (size > CHUNK) for (let line = 0; line < outer; line++) this.#longLine(name, line, offsets, totals);
    else if (size > 0) this.#shortLines(name, offsets, totals);
    return totals;
  }

  #shortLines(name: Fold, shifts: Float64Array, totals: Float64Array): void {
    const { outer, size } = this.axis;
    const atOnce = Math.floor(CHUNK / size);
    for (let line = 0; line < outer; line += atOnce) {
      const count = Math.min(atOnce, outer - line);
      totals.set(this.#lines(name, line * size, size, shifts.subarray(line, line + count)), line);
    }
  }

  #longLine(name: Fold, line: number, shifts: Float64Array, totals: Float64Array): void {
    const { size } = this.axis;
    const shift = shifts.subarray(line, line + 1);
    for (let start = 0; start < size; start += CHUNK) {
      const [part] = this.#lines(name, line * size + start, Math.min(CHUNK, size - start), shift);
      totals[line] = together(name, totals[line]!, part!);
    }
  }

  /** Of lines that follow each other, as many as there are shifts. */
  #lines(name: Fold, start: number, size: number, shifts: Float64Array): Float64Array {
    const { numbers, doubles, assembly } = this.#stream;
    const [x, offsets, results] = [placeOf(0), wideOf(0), wideOf(1)];
    numbers.set(this.#x.subarray(start, start + size * shifts.length), x / 4);
    doubles.set(shifts, offsets / 8);
    assembly.lines!(names.indexOf(name), x, size, shifts.length, offsets, results);
    return doubles.subarray(results / 8, results / 8 + shifts.length);
  }

  /** Of one outer index: its rows are added to each other, a part of the columns at a time. */
  #columns(name: Fold, o: number, shifts: Float64Array, totals: Float64Array): void {
    const { size, inner } = this.axis;
    const { numbers, doubles, assembly } = this.#stream;
    const [x, offsets, results] = [placeOf(0), wideOf(0), wideOf(1)];
    for (let column = 0; column < inner; column += CHUNK) {
      const width = Math.min(CHUNK, inner - column);
      const [from, to] = [o * inner + column, o * inner + column + width];
      const atOnce = width < inner ? 1 : Math.floor(CHUNK / width);
      doubles.set(shifts.subarray(from, to), offsets / 8);
      doubles.set(totals.subarray(from, to), results / 8);
      for (let row = 0; row < size; row += atOnce) {
        const height = Math.min(atOnce, size - row);
        const start = (o * size + row) * inner + column;
        numbers.set(this.#x.subarray(start, start + height * width), x / 4);
        assembly.columns!(names.indexOf(name), x, height, width, offsets, results);
      }
      totals.set(doubles.subarray(results / 8, results / 8 + width), from);
    }
  }
}

/** What two parts of a line are together. */
function together(name: Fold, a: number, b: number): number {
  if (name === "greatest") return Math.max(a, b);
  if (name === "smallest") return Math.min(a, b);
  return name === "product" ? a * b : a + b;
}
