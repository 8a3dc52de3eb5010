// @ts-ignore: decorator
@inline
function turnFour(first: usize, second: usize, cosines: usize, sines: usize, sign: v128, interleaved: bool): void {
  const cosine = v128.load(cosines);
  const sine = v128.xor(v128.load(sines), sign);
  let a = v128.load(first);
  let b = v128.load(second);
  if (interleaved) {
    const even = v128.shuffle<f32>(a, b, 0, 2, 4, 6);
    b = v128.shuffle<f32>(a, b, 1, 3, 5, 7);
    a = even;
  }
  let x = f32x4.sub(f32x4.mul(a, cosine), f32x4.mul(b, sine));
  let y = f32x4.add(f32x4.mul(b, cosine), f32x4.mul(a, sine));
  if (interleaved) {
    const pairs = v128.shuffle<f32>(x, y, 0, 4, 1, 5);
    y = v128.shuffle<f32>(x, y, 2, 6, 3, 7);
    x = pairs;
  }
  v128.store(first, x);
  v128.store(second, y);
}

/**
 * Rotates pairs of the heads from ≤ head < to of x [rows, heads, headDim] in place: (a, b) → (a cos θ − b sin θ, b cos
 * θ + a sin θ). Pairs are (i, i + half), or (2i, 2i + 1) if interleaved; numbers after them stay unchanged.
 *
 * @param cosines [rows, half]
 * @param sines [rows, half]
 * @param inverse 1 rotates back
 */
export function rotary(
  x: usize,
  cosines: usize,
  sines: usize,
  heads: i32,
  headDim: i32,
  half: i32,
  interleaved: bool,
  inverse: i32,
  from: i32,
  to: i32,
): void {
  const sign = i32x4.splat(inverse << 31);
  for (let head = from; head < to; head++) {
    let angles = <usize>(head / heads * half) << 2;
    let first = x + (<usize>(head * headDim) << 2);
    const second: usize = interleaved ? 4 : <usize>half << 2;
    const step: usize = interleaved ? 8 : 4;
    let left = half;
    for (; left >= 4; left -= 4) {
      turnFour(first, first + (interleaved ? 16 : second), cosines + angles, sines + angles, sign, interleaved);
      first += step << 2;
      angles += 16;
    }
    for (; left > 0; left--) {
      const cosine = f32.load(cosines + angles);
      const sine = inverse ? -f32.load(sines + angles) : f32.load(sines + angles);
      const a = f32.load(first);
      const b = f32.load(first + second);
      f32.store(first, a * cosine - b * sine);
      f32.store(first + second, b * cosine + a * sine);
      first += step;
      angles += 4;
    }
  }
}
