import { fma, storeSum, sumLanes } from "../simd/simd";

/** The sum of x[p] · w[p] past the last whole vector. */
// @ts-ignore: decorator
@inline
function tail(w: usize, x: usize, count: i32): f32 {
  let sum: f32 = 0;
  for (let p = 0; p < count; p++) sum += f32.load(w + (<usize>p << 2)) * f32.load(x + (<usize>p << 2));
  return sum;
}

/**
 * y[from..to) = W[from..to) · x + bias for a weight [n, depth]: each weight is read once, in memory order: memory is
 * fastest as a single stream.
 */
export function multiplyVector(
  weight: usize,
  x: usize,
  y: usize,
  bias: usize,
  depth: i32,
  from: i32,
  to: i32,
): void {
  const step: usize = <usize>depth << 2;
  const blocks = x + (step & ~63);
  const vectors = x + (step & ~15);
  const rest = depth & 3;
  for (let n = from; n < to; n++) {
    let w = weight + <usize>n * step;
    let at = x;
    let s0 = f32x4.splat(0);
    let s1 = s0;
    let s2 = s0;
    let s3 = s0;
    while (at < blocks) {
      s0 = fma(v128.load(at), v128.load(w), s0);
      s1 = fma(v128.load(at, 16), v128.load(w, 16), s1);
      s2 = fma(v128.load(at, 32), v128.load(w, 32), s2);
      s3 = fma(v128.load(at, 48), v128.load(w, 48), s3);
      w += 64;
      at += 64;
    }
    while (at < vectors) {
      s0 = fma(v128.load(at), v128.load(w), s0);
      w += 16;
      at += 16;
    }
    let sum = sumLanes(f32x4.add(f32x4.add(s0, s1), f32x4.add(s2, s3)));
    if (rest) sum += tail(w, at, rest);
    storeSum(sum, bias, y, n);
  }
}
