// Matrices of 8 or 4 bits as float32: for many rows of the left side, expanding a block once costs less than its bits.

/** Rows [from, to) of a matrix of bytes as float32, [to − from, depth]. */
export function expandEight(weight: usize, scales: usize, output: usize, depth: i32, from: i32, to: i32): void {
  let w = weight + <usize>from * <usize>depth;
  let scale = scales + ((<usize>from * (<usize>depth >> 5)) << 2);
  const end = weight + <usize>to * <usize>depth;
  while (w < end) {
    const factor = v128.load32_splat(scale);
    for (let half: usize = 0; half < 32; half += 8) {
      const wide = i16x8.extend_low_i8x16_s(v128.load64_zero(w + half));
      v128.store(output, f32x4.mul(factor, f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_s(wide))));
      v128.store(output, f32x4.mul(factor, f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_s(wide))), 16);
      output += 32;
    }
    w += 32;
    scale += 4;
  }
}

/** As `expandEight`, of two numbers a byte. */
export function expandFour(weight: usize, scales: usize, output: usize, depth: i32, from: i32, to: i32): void {
  const blocks: usize = <usize>depth >> 5;
  let w = weight + ((<usize>from * blocks) << 4);
  let scale = scales + ((<usize>from * blocks) << 2);
  const end = weight + ((<usize>to * blocks) << 4);
  const eight = i8x16.splat(8);
  while (w < end) {
    const factor = v128.load32_splat(scale);
    const pairs = v128.load(w);
    expandBytes(i8x16.sub(v128.and(pairs, i8x16.splat(15)), eight), factor, output);
    expandBytes(i8x16.sub(i8x16.shr_u(pairs, 4), eight), factor, output + 64);
    output += 128;
    w += 16;
    scale += 4;
  }
}

// @ts-ignore: decorator
@inline
function expandBytes(bytes: v128, factor: v128, output: usize): void {
  const low = i16x8.extend_low_i8x16_s(bytes);
  const high = i16x8.extend_high_i8x16_s(bytes);
  v128.store(output, f32x4.mul(factor, f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_s(low))));
  v128.store(output, f32x4.mul(factor, f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_s(low))), 16);
  v128.store(output, f32x4.mul(factor, f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_s(high))), 32);
  v128.store(output, f32x4.mul(factor, f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_s(high))), 48);
}
