import { keptOf, Spec } from "./spec";
import { highBits, lowBits } from "../rows/random";

/**
 * x [count, 8], of the keys from `start` and the eight queries from `query` of one head, times the scale where dropout
 * keeps an element, 0 elsewhere.
 */
export function dropPlaces(x: usize, spec: Spec, b: i32, h: i32, query: i32, start: i32, count: i32): void {
  const kept = keptOf(spec);
  const scale = f32x4.splat(kept.scale);
  const rows = min(8, spec.queries - query);
  const row = (<usize>(b * spec.heads + h) * <usize>spec.queries + <usize>query) * <usize>spec.keys + <usize>start;
  for (let key: i32 = 0; key < count; key += 8) {
    let block = blockOf(kept.at, row + <usize>key, spec.keys, rows);
    for (let j = 0; j < 8; j++) {
      const bits = i32x4.splat(<i32>block);
      v128.store(x, v128.and(lowBits(bits), f32x4.mul(v128.load(x), scale)));
      v128.store(x, v128.and(highBits(bits), f32x4.mul(v128.load(x, 16), scale)), 16);
      block >>= 8;
      x += 32;
    }
  }
}

/**
 * Eight bits of each row from `place` on, transposed: byte j has bit j of every row, the first row in the lowest bit.
 */
function blockOf(bits: usize, place: usize, step: i32, rows: i32): u64 {
  let block: u64 = 0;
  for (let row = 0; row < rows; row++) {
    block |= <u64>((<u32>load<u16>(bits + (place >> 3)) >> <u32>(place & 7)) & 0xff) << (row << 3);
    place += step;
  }
  // Warren 2013, Hacker's Delight, section 7-3: swaps within 2 × 2 bits, then blocks of them.
  let moved = (block ^ (block >> 7)) & 0x00aa00aa00aa00aa;
  block ^= moved ^ (moved << 7);
  moved = (block ^ (block >> 14)) & 0x0000cccc0000cccc;
  block ^= moved ^ (moved << 14);
  moved = (block ^ (block >> 28)) & 0x00000000f0f0f0f0;
  return block ^ moved ^ (moved << 28);
}
