import { describe, expect, it } from "vitest";
import { normal } from "../compare";
import "../implementations"; // before ./guarded-memory: Node 20 is told to have relaxed SIMD
import { flavors, guardedMemory } from "./guarded-memory";

const BLOCK = 32;
const { fround } = Math;

/** The nearest whole number, ties to even. */
function nearest(x: number): number {
  const below = Math.floor(x);
  if (x - below !== 0.5) return Math.round(x);
  return below % 2 === 0 ? below : below + 1;
}

/** A block by its definition: the scale max |x| / levels, and x / scale, rounded. Undefined if it cannot be rounded. */
function rounded(block: Float32Array, levels: number, least: number) {
  const most = Math.max(...block.map(Math.abs));
  if (!Number.isFinite(most)) return undefined;
  const inverse = fround(levels / most);
  const factor = most > least && Number.isFinite(inverse) ? inverse : 0;
  return { scale: fround(most / levels), values: Array.from(block, (x) => nearest(fround(x * factor))) };
}

const blocksOf = (row: Float32Array) =>
  Array.from({ length: row.length / BLOCK }, (_, i) => row.subarray(i * BLOCK, (i + 1) * BLOCK));

/** Rows with ties, zeros, tiny and huge numbers, and with NaN or infinity where they are asked for. */
function rowsOf(count: number, depth: number): Float32Array {
  const x = normal(depth, "x", count * depth);
  const blocks = x.length / BLOCK;
  for (let i = 0; i < blocks; i++) {
    const block = x.subarray(i * BLOCK, (i + 1) * BLOCK);
    const kind = (i * 7) % 11;
    if (kind === 1) block.fill(0);
    else if (kind === 2) block.fill(NaN, 5, 6);
    else if (kind === 3) block.fill(-Infinity, 31, 32);
    else if (kind === 4) for (let j = 0; j < BLOCK; j++) block[j]! *= 1e-36;
    else if (kind === 5) for (let j = 0; j < BLOCK; j++) block[j]! *= 1e37;
    // The greatest is a power of two times the levels of bytes: halves of a level are ties.
    else if (kind === 6) for (let j = 0; j < BLOCK; j++) block[j] = ((j * 9) % 64) / 2 + (j === 3 ? 32 : 0);
  }
  return x;
}

describe.each(flavors)("rounding of rows to whole numbers: %s", (flavor) => {
  const { kernels, reset, put, room, take } = guardedMemory(flavor);
  const depths = [32, 64, 96, 128, 160, 288, 416];

  it("rounds a row for 8-bit weights to 16 bits, block by block", () => {
    for (const depth of depths) {
      const x = rowsOf(1, depth);
      reset();
      const [row, values, scales] = [put(x), room(depth / 2), room(depth / 16)];
      kernels.quantizeForEight!(row, depth, values, scales);
      const words = new Int16Array(take(values, depth / 2).buffer);
      const found = take(scales, depth / 16);
      for (const [i, block] of blocksOf(x).entries()) {
        const wanted = rounded(block, 32766, 0);
        expect(found.slice(2 * i, 2 * i + 2)).toEqual(Float32Array.of(wanted?.scale ?? NaN, 0));
        if (wanted)
          expect(Array.from(words.subarray(i * BLOCK, (i + 1) * BLOCK))).toEqual(wanted.values.map((v) => v + 0));
      }
    }
  });

  it("rounds a row for 4-bit weights, with the sum that corrects for their zero point", () => {
    const [levels, bytes] = flavor === "relaxed" ? [127, 32] : [1905, 64];
    for (const depth of depths) {
      const x = rowsOf(1, depth);
      reset();
      const [row, values, scales] = [put(x), room((depth / BLOCK) * (bytes / 4)), room(depth / 16)];
      kernels.quantizeForFour!(row, depth, values, scales);
      const stored = take(values, (depth / BLOCK) * (bytes / 4)).buffer;
      const found = take(scales, depth / 16);
      for (const [i, block] of blocksOf(x).entries()) {
        const wanted = rounded(block, levels, 0);
        const sum = wanted?.values.reduce((total, value) => total + value, 0);
        const scale = wanted?.scale ?? NaN;
        expect(found.slice(2 * i, 2 * i + 2)).toEqual(
          Float32Array.of(scale, scale * (sum === 0 ? -0 : -8 * (sum ?? 0))),
        );
        if (!wanted) continue;
        const own = stored.slice(i * bytes, (i + 1) * bytes);
        const laidOut = flavor === "relaxed" ? [...new Int8Array(own)] : [...new Int16Array(own)];
        expect(laidOut).toEqual((flavor === "relaxed" ? wanted.values : eights(wanted.values)).map((v) => v + 0));
      }
    }
  });

  const kinds = flavor === "relaxed" ? [63, 127] : [127, 32766];

  it.each(kinds)("packs rows of at most %d levels, four at a time", (levels) => {
    const nibbles = flavor === "relaxed" && levels > 63;
    const before = nibbles ? 16 : 0;
    const numbers = flavor === "relaxed" ? 128 : 256;
    for (const depth of [32, 96, 160])
      for (const rows of [1, 2, 3, 4, 7]) {
        const x = rowsOf(rows, depth);
        const words = (Math.ceil(rows / 4) * (depth / BLOCK) * (before + numbers + 16)) / 4;
        reset();
        const [from, packed] = [put(x), room(words)];
        kernels.packEight!(from, depth, levels, packed, 0, rows);
        const { buffer } = take(packed, words);
        for (let row = 0; row < rows; row++)
          for (const [i, block] of blocksOf(x.subarray(row * depth, (row + 1) * depth)).entries()) {
            const wanted = rounded(block, levels, fround(1e-34));
            const place = (Math.floor(row / 4) * (depth / BLOCK) + i) * (before + numbers + 16) + 4 * (row % 4);
            const scale = new DataView(buffer).getFloat32(place + before + numbers, true);
            expect(scale).toBe(wanted?.scale ?? NaN);
            if (!wanted) continue;
            const own = inTurn(buffer, place + before, flavor === "relaxed" ? 1 : 2);
            const zero = flavor === "relaxed" && !nibbles ? 64 : 0;
            expect(own).toEqual(wanted.values.map((value) => value + zero));
            if (!nibbles) continue;
            const sums = [0, 2].map((at) => new DataView(buffer).getInt16(place + at, true));
            expect(sums[0]! + sums[1]!).toBe(-8 * wanted.values.reduce((total, value) => total + value, 0) + 0);
          }
      }
  });
});

/** What `multiplyFour` takes without relaxed SIMD: see its kernel. */
const eights = (values: readonly number[]): number[] =>
  Array.from({ length: 4 }, (_, quad) => {
    const [x0, x1, x2, x3] = values.slice(4 * quad, 4 * quad + 4) as [number, number, number, number];
    const [z0, z1, z2, z3] = values.slice(16 + 4 * quad, 20 + 4 * quad) as [number, number, number, number];
    return [x0, x2, z0, z2, x1 - 16 * z0, x3 - 16 * z2, z1 - 16 * x1, z3 - 16 * x3];
  }).flat();

/** The 32 numbers of a row: four bytes of each sixteen. */
function inTurn(buffer: ArrayBufferLike, place: number, size: 1 | 2): number[] {
  const view = new DataView(buffer);
  return Array.from({ length: BLOCK }, (_, i) => {
    const at = place + Math.floor((i * size) / 4) * 16 + ((i * size) % 4);
    return size === 1 ? view.getInt8(at) : view.getInt16(at, true);
  });
}
