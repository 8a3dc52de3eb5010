/**
 * Products of one row with a matrix of 8 or 4 bits, straight from the bits. The row is quantized as well, block by block,
 * so that the products of a block are sums of small whole numbers, exact in any order.
 */
import { fma, greatestLane, storeSum, sumLanes } from "./simd";

/**
 * Quantizes a row [depth] in blocks of 32: scale = max |x| / 127, value = x / scale to the nearest whole number.
 * @param wide whether a value takes 16 bits, or 8
 * @param values [depth]
 * @param scales [depth / 32][2]: a scale, and eight times the sum of its block, which is what the zero of 4-bit weights, 8,
 * adds too much
 */
export function quantizeVector(x: usize, depth: i32, wide: bool, values: usize, scales: usize): void {
  for (let block = 0; block < depth; block += 32) {
    let largest = f32x4.splat(0);
    for (let i: usize = 0; i < 128; i += 16) largest = f32x4.max(largest, f32x4.abs(v128.load(x + i)));
    const most = greatestLane(largest);
    const inverse = f32x4.splat(most == 0 ? 0 : 127 / most);
    let sum = i32x4.splat(0);
    for (let i: usize = 0; i < 128; i += 64) {
      const a = nearest(x + i, inverse);
      const b = nearest(x + i + 16, inverse);
      const c = nearest(x + i + 32, inverse);
      const d = nearest(x + i + 48, inverse);
      sum = i32x4.add(sum, i32x4.add(i32x4.add(a, b), i32x4.add(c, d)));
      const low = i16x8.narrow_i32x4_s(a, b);
      const high = i16x8.narrow_i32x4_s(c, d);
      if (wide) {
        v128.store(values, low);
        v128.store(values, high, 16);
        values += 32;
      } else {
        v128.store(values, i8x16.narrow_i16x8_s(low, high));
        values += 16;
      }
    }
    const scale = most / 127;
    f32.store(scales, scale);
    f32.store(scales, scale * (8 * sumLanes(f32x4.convert_i32x4_s(sum))), 4);
    x += 128;
    scales += 8;
  }
}

// @ts-ignore: decorator
@inline
function nearest(x: usize, inverse: v128): v128 {
  return i32x4.trunc_sat_f32x4_s(f32x4.nearest(f32x4.mul(v128.load(x), inverse)));
}

/** The products of 32 signed bytes at `w` with as many numbers of 16 bits at `x`, summed by lanes. */
// @ts-ignore: decorator
@inline
function dotEight(w: usize, x: usize): v128 {
  return i32x4.add(
    i32x4.add(
      i32x4.dot_i16x8_s(v128.load8x8_s(w), v128.load(x)),
      i32x4.dot_i16x8_s(v128.load8x8_s(w, 8), v128.load(x, 16)),
    ),
    i32x4.add(
      i32x4.dot_i16x8_s(v128.load8x8_s(w, 16), v128.load(x, 32)),
      i32x4.dot_i16x8_s(v128.load8x8_s(w, 24), v128.load(x, 48)),
    ),
  );
}

/**
 * y[from..to) = W[from..to) · x + bias for W [n, depth] of signed bytes with a scale for each 32 of them, one row after
 * the other: memory is read fastest as a single stream.
 * @param vector x as `quantizeVector` gives it, 16 bits wide, and `vectorScales` its scales
 */
export function multiplyEight(
  weight: usize,
  scales: usize,
  vector: usize,
  vectorScales: usize,
  y: usize,
  bias: usize,
  depth: i32,
  from: i32,
  to: i32,
): void {
  const blocks: usize = <usize>depth >> 5;
  const end = vector + (<usize>depth << 1);
  let w = weight + <usize>from * <usize>depth;
  let scale = scales + ((<usize>from * blocks) << 2);
  for (let n = from; n < to; n++) {
    let x = vector;
    let xScale = vectorScales;
    let total = f32x4.splat(0);
    do {
      const factor = f32x4.mul(v128.load32_splat(scale), v128.load32_splat(xScale));
      total = fma(f32x4.convert_i32x4_s(dotEight(w, x)), factor, total);
      w += 32;
      x += 64;
      scale += 4;
      xScale += 8;
    } while (x < end);
    storeSum(sumLanes(total), bias, y, n);
  }
}

/** How wide `multiplyFour` takes a number of its vector: with relaxed SIMD bytes are multiplied at once. */
export function isFourWide(): bool {
  return !ASC_FEATURE_RELAXED_SIMD;
}

/** Bytes of 32 numbers of the vector of `multiplyFour`. */
const STEP: usize = ASC_FEATURE_RELAXED_SIMD ? 32 : 64;

/**
 * The products of 32 weights of 0 to 15, two a byte at `w`, with the vector at `x`, summed by lanes. With relaxed SIMD, a
 * sum of two pairs fits 16 bits, and a weight of 4 bits is one of the 7 that make the instruction the same everywhere.
 */
// @ts-ignore: decorator
@inline
function dotFour(w: usize, x: usize): v128 {
  const pairs = v128.load(w);
  const first = v128.and(pairs, i8x16.splat(15));
  const last = v128.and(i16x8.shr_u(pairs, 4), i8x16.splat(15));
  if (ASC_FEATURE_RELAXED_SIMD) {
    return i32x4.dot_i16x8_s(
      i16x8.add(
        i16x8.relaxed_dot_i8x16_i7x16_s(v128.load(x), first),
        i16x8.relaxed_dot_i8x16_i7x16_s(v128.load(x, 16), last),
      ),
      i16x8.splat(1),
    );
  }
  return i32x4.add(
    i32x4.add(
      i32x4.dot_i16x8_s(i16x8.extend_low_i8x16_u(first), v128.load(x)),
      i32x4.dot_i16x8_s(i16x8.extend_high_i8x16_u(first), v128.load(x, 16)),
    ),
    i32x4.add(
      i32x4.dot_i16x8_s(i16x8.extend_low_i8x16_u(last), v128.load(x, 32)),
      i32x4.dot_i16x8_s(i16x8.extend_high_i8x16_u(last), v128.load(x, 48)),
    ),
  );
}

/** As `multiplyEight`, for W of two numbers a byte, and a vector as wide as `isFourWide` says. */
export function multiplyFour(
  weight: usize,
  scales: usize,
  vector: usize,
  vectorScales: usize,
  y: usize,
  bias: usize,
  depth: i32,
  from: i32,
  to: i32,
): void {
  const blocks: usize = <usize>depth >> 5;
  const end = vector + blocks * STEP;
  let w = weight + ((<usize>from * blocks) << 4);
  let scale = scales + ((<usize>from * blocks) << 2);
  for (let n = from; n < to; n++) {
    let x = vector;
    let xScale = vectorScales;
    let total = f32x4.splat(0);
    do {
      const products = f32x4.mul(f32x4.convert_i32x4_s(dotFour(w, x)), v128.load32_splat(xScale));
      total = fma(f32x4.sub(products, v128.load32_zero(xScale, 4)), v128.load32_splat(scale), total);
      w += 16;
      x += STEP;
      scale += 4;
      xScale += 8;
    } while (x < end);
    storeSum(sumLanes(total), bias, y, n);
  }
}
