/** a · b + c; rounded once in the binary with relaxed SIMD. */
// @ts-ignore: decorator
@inline
export function fma(a: v128, b: v128, c: v128): v128 {
  return ASC_FEATURE_RELAXED_SIMD ? f32x4.relaxed_madd(a, b, c) : f32x4.add(f32x4.mul(a, b), c);
}

/** The sum of four lanes. */
// @ts-ignore: decorator
@inline
export function sumLanes(x: v128): f32 {
  return (
    f32x4.extract_lane(x, 0) + f32x4.extract_lane(x, 2) + (f32x4.extract_lane(x, 1) + f32x4.extract_lane(x, 3))
  );
}

/** The greatest of four lanes. */
// @ts-ignore: decorator
@inline
export function greatestLane(x: v128): f32 {
  return max<f32>(
    max<f32>(f32x4.extract_lane(x, 0), f32x4.extract_lane(x, 1)),
    max<f32>(f32x4.extract_lane(x, 2), f32x4.extract_lane(x, 3)),
  );
}

/** y[n] = sum + bias[n], or sum if bias is 0. */
// @ts-ignore: decorator
@inline
export function storeSum(sum: f32, bias: usize, y: usize, n: i32): void {
  f32.store(y + (<usize>n << 2), bias ? sum + f32.load(bias + (<usize>n << 2)) : sum);
}
