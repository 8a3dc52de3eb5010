import { fma } from "../simd/simd";

/**
 * c [4, 8] (+)= aᵀ b for a [length, 4] and b [length, 8], all contiguous. Eight sums, two vectors of b and one number
 * of a fit the sixteen registers; only two pointers move.
 */
// @ts-ignore: decorator
@inline
function tile(a: usize, b: usize, c: usize, length: i32, fresh: bool): void {
  const zero = f32x4.splat(0);
  let c00 = fresh ? zero : v128.load(c, 0);
  let c01 = fresh ? zero : v128.load(c, 16);
  let c10 = fresh ? zero : v128.load(c, 32);
  let c11 = fresh ? zero : v128.load(c, 48);
  let c20 = fresh ? zero : v128.load(c, 64);
  let c21 = fresh ? zero : v128.load(c, 80);
  let c30 = fresh ? zero : v128.load(c, 96);
  let c31 = fresh ? zero : v128.load(c, 112);
  const end = a + (<usize>length << 4);
  while (a < end) {
    const b0 = v128.load(b, 0);
    const b1 = v128.load(b, 16);
    let x = v128.load32_splat(a, 0);
    c00 = fma(x, b0, c00);
    c01 = fma(x, b1, c01);
    x = v128.load32_splat(a, 4);
    c10 = fma(x, b0, c10);
    c11 = fma(x, b1, c11);
    x = v128.load32_splat(a, 8);
    c20 = fma(x, b0, c20);
    c21 = fma(x, b1, c21);
    x = v128.load32_splat(a, 12);
    c30 = fma(x, b0, c30);
    c31 = fma(x, b1, c31);
    a += 16;
    b += 32;
  }
  v128.store(c, c00, 0);
  v128.store(c, c01, 16);
  v128.store(c, c10, 32);
  v128.store(c, c11, 48);
  v128.store(c, c20, 64);
  v128.store(c, c21, 80);
  v128.store(c, c30, 96);
  v128.store(c, c31, 112);
}

/**
 * Like `tile`, but ignores a where its weight in b is 0, even if a is NaN or infinite: hidden values have no effect.
 */
function carefulTile(a: usize, b: usize, c: usize, length: i32): void {
  const zero = f32x4.splat(0);
  for (let t: i32 = 0; t < length; t++) {
    for (let column: usize = 0; column < 32; column += 16) {
      const weights = v128.load(b + (<usize>t << 5) + column);
      const hidden = f32x4.eq(weights, zero);
      for (let row: usize = 0; row < 4; row++) {
        const place = c + (row << 5) + column;
        const x = v128.load32_splat(a + (<usize>t << 4) + (row << 2));
        v128.store(place, f32x4.add(v128.load(place), v128.andnot(f32x4.mul(x, weights), hidden)));
      }
    }
  }
}

/** c [rows, 8] = aᵀ b, for `rows / 4` panels of a that are `step` bytes apart. */
export function product(a: usize, step: usize, b: usize, c: usize, rows: i32, length: i32): void {
  for (let row: i32 = 0; row < rows; row += 4) {
    tile(a, b, c, length, true);
    a += step;
    c += 128;
  }
}

/** c [rows, 8] += aᵀ b, for `rows / 4` panels of a; `finite` promises that a holds no NaN and no infinity. */
export function addProduct(a: usize, step: usize, b: usize, c: usize, rows: i32, length: i32, finite: bool): void {
  for (let row: i32 = 0; row < rows; row += 4) {
    if (finite) tile(a, b, c, length, false);
    else carefulTile(a, b, c, length);
    a += step;
    c += 128;
  }
}
