import { type Shape, Tensor } from "../tensor";
import { sizeOf } from "../tensor/internal";

/** Whole numbers from −127 to 127 with a shape: the values of tensors in 8 bits, without their scales. */
export class Bytes {
  readonly shape: Shape;
  readonly values: Int8Array;

  constructor(shape: Shape, values = new Int8Array(sizeOf(shape))) {
    this.shape = shape;
    this.values = values;
  }

  describe(): string {
    return `[${this.shape.join(", ")}] of 8 bits`;
  }

  /** The size of one position of one row. */
  get inner(): number {
    return sizeOf(this.shape.slice(2));
  }

  /** Positions `start` to `end` of these rows, all rows if omitted. */
  part(start: number, end: number, rows?: readonly number[]): Bytes {
    const [batch, room, ...rest] = this.shape as [number, number, ...number[]];
    const chosen = rows ?? Array.from({ length: batch }, (_, row) => row);
    const part = new Bytes([chosen.length, end - start, ...rest]);
    const { inner } = this;
    chosen.forEach((row, to) => {
      const from = row * room * inner;
      part.values.set(this.values.subarray(from + start * inner, from + end * inner), to * (end - start) * inner);
    });
    return part;
  }

  /** Writes rows of a part from position `start` of row `row` on, in place. */
  place(row: number, start: number, part: Bytes): void {
    const [, room] = this.shape as [number, number];
    const [rows, positions] = part.shape as [number, number];
    const { inner } = this;
    for (let from = 0; from < rows; from++) {
      const values = part.values.subarray(from * positions * inner, (from + 1) * positions * inner);
      this.values.set(values, ((row + from) * room + start) * inner);
    }
  }
}

/**
 * Each vector of the last axis in 8 bits: s = max |x| / 127 and round(x / s), so that the error of a number is at most
 * max |x| / 254.
 */
export function toBytes(x: Tensor): { values: Bytes; scales: Tensor } {
  const { data, shape } = x;
  const size = shape.at(-1)!;
  const values = new Int8Array(data.length);
  const scales = new Float32Array(size === 0 ? 0 : data.length / size);
  for (let vector = 0, start = 0; vector < scales.length; vector++, start += size) {
    let largest = 0;
    for (let i = start; i < start + size; i++) largest = Math.max(largest, Math.abs(data[i]!));
    const scale = Math.fround(largest / 127);
    scales[vector] = scale;
    if (scale > 0) for (let i = start; i < start + size; i++) values[i] = Math.round(data[i]! / scale);
  }
  return { values: new Bytes(shape, values), scales: new Tensor([...shape.slice(0, -1), 1], scales) };
}
