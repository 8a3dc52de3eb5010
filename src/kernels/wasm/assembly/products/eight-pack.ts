/** Packing for ./eight.ts. */

/** Bytes of a packed panel of eight columns: for each block corrections if narrow, numbers, scales. */
// @ts-ignore: decorator
@inline
export function panelBytes(wide: bool, depth: i32): usize {
  return <usize>(depth >> 5) * (wide ? 544 : 320);
}

/**
 * Rounds rows of x [rows, depth] to whole numbers of at most `levels`, in blocks of 32: scale = max |x| / levels. A row that
 * holds NaN or infinity gets a scale of NaN or infinity and zeros, so that its products are all NaN.
 * @param levels at most 63 if narrow
 * @param packed [⌈rows / 4⌉][depth / 32]: the numbers, [8][4 rows][4] bytes, 64 too large, or [16][4 rows][2] words if wide;
 * then the scales of the four rows
 * @param from a multiple of four
 */
export function packEight(x: usize, depth: i32, levels: f32, wide: bool, packed: usize, from: i32, to: i32): void {
  const step = <usize>depth << 2;
  packed += <usize>(from >> 2) * <usize>(depth >> 5) * (wide ? 272 : 144);
  for (let row = from; row < to; row += 4) {
    const r0 = x + <usize>row * step;
    // Missing rows are replaced by the one before; their results are not read.
    const r1 = to - row > 1 ? r0 + step : r0;
    const r2 = to - row > 2 ? r1 + step : r1;
    const r3 = to - row > 3 ? r2 + step : r2;
    for (let at: usize = 0; at < step; at += 128) {
      const most = greatestOfEach(largest(r0 + at), largest(r1 + at), largest(r2 + at), largest(r3 + at));
      const scale = f32x4.div(most, f32x4.splat(levels));
      // Of smaller numbers the inverse is infinite: they become zeros.
      const inverse = v128.and(f32x4.div(f32x4.splat(levels), most), f32x4.gt(most, f32x4.splat(1e-34)));
      packBlock(r0 + at, v128.shuffle<f32>(inverse, inverse, 0, 0, 0, 0), wide, packed);
      packBlock(r1 + at, v128.shuffle<f32>(inverse, inverse, 1, 1, 1, 1), wide, packed + 4);
      packBlock(r2 + at, v128.shuffle<f32>(inverse, inverse, 2, 2, 2, 2), wide, packed + 8);
      packBlock(r3 + at, v128.shuffle<f32>(inverse, inverse, 3, 3, 3, 3), wide, packed + 12);
      packed += wide ? 256 : 128;
      v128.store(packed, scale);
      packed += 16;
    }
  }
}

/** The largest magnitudes of a block, in four lanes. */
// @ts-ignore: decorator
@inline
function largest(x: usize): v128 {
  let most = f32x4.splat(0);
  const end = x + 128;
  do {
    most = f32x4.max(most, f32x4.max(f32x4.abs(v128.load(x)), f32x4.abs(v128.load(x, 16))));
    x += 32;
  } while (x < end);
  return most;
}

/** The greatest lane of each vector. */
// @ts-ignore: decorator
@inline
function greatestOfEach(a: v128, b: v128, c: v128, d: v128): v128 {
  a = f32x4.max(v128.shuffle<f32>(a, b, 0, 4, 1, 5), v128.shuffle<f32>(a, b, 2, 6, 3, 7));
  c = f32x4.max(v128.shuffle<f32>(c, d, 0, 4, 1, 5), v128.shuffle<f32>(c, d, 2, 6, 3, 7));
  return f32x4.max(v128.shuffle<f32>(a, c, 0, 1, 4, 5), v128.shuffle<f32>(a, c, 2, 3, 6, 7));
}

/** A block of one row. */
function packBlock(x: usize, inverse: v128, wide: bool, to: usize): void {
  const end = x + 128;
  do {
    const low = i16x8.narrow_i32x4_s(nearest(x, inverse), nearest(x + 16, inverse));
    const high = i16x8.narrow_i32x4_s(nearest(x + 32, inverse), nearest(x + 48, inverse));
    if (wide) {
      storeLanes(low, to);
      storeLanes(high, to + 64);
      to += 128;
    } else {
      storeLanes(i8x16.add(i8x16.narrow_i16x8_s(low, high), i8x16.splat(64)), to);
      to += 64;
    }
    x += 64;
  } while (x < end);
}

// @ts-ignore: decorator
@inline
function nearest(x: usize, inverse: v128): v128 {
  return i32x4.trunc_sat_f32x4_s(f32x4.nearest(f32x4.mul(v128.load(x), inverse)));
}

// @ts-ignore: decorator
@inline
function storeLanes(x: v128, to: usize): void {
  v128.store32_lane(to, x, 0);
  v128.store32_lane(to, x, 1, 16);
  v128.store32_lane(to, x, 2, 32);
  v128.store32_lane(to, x, 3, 48);
}

/** Four columns, a line of cells, to their half of a panel. */
export function packCells(from: usize, depth: i32, eight: bool, wide: bool, to: usize): void {
  for (let block = 0; block < depth; block += 32) {
    const scales = v128.load(from);
    const corrections = to;
    if (!wide) to += 32;
    let sums = i32x4.splat(0);
    from += 16;
    for (const end = from + (eight ? 128 : 64); from < end; from += 16) {
      const cell = v128.load(from);
      const low = eight ? cell : i8x16.sub(v128.and(cell, i8x16.splat(15)), i8x16.splat(8));
      sums = i32x4.add(sums, storeFour(low, wide, to));
      if (!eight) {
        const high = i8x16.sub(i8x16.shr_u(cell, 4), i8x16.splat(8));
        sums = i32x4.add(sums, storeFour(high, wide, to + (wide ? 256 : 128)));
      }
      to += wide ? 64 : 32;
    }
    if (!eight) to += wide ? 256 : 128;
    // The numbers of the left side are 64 too large.
    if (!wide) v128.store(corrections, i32x4.shl(i32x4.neg(sums), 6));
    v128.store(to, scales);
    to += 32;
  }
}

/** Four numbers of each of four columns. @returns their sums if narrow */
// @ts-ignore: decorator
@inline
function storeFour(bytes: v128, wide: bool, to: usize): v128 {
  if (wide) {
    const pairs = v128.shuffle<i16>(bytes, bytes, 0, 2, 4, 6, 1, 3, 5, 7);
    v128.store(to, i16x8.extend_low_i8x16_s(pairs));
    v128.store(to, i16x8.extend_high_i8x16_s(pairs), 32);
    return bytes;
  }
  v128.store(to, bytes);
  return i32x4.extadd_pairwise_i16x8_s(i16x8.extadd_pairwise_i8x16_s(bytes));
}
