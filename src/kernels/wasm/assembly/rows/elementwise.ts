import { high, loadFirst, low, storeFirst } from "../simd/lanes";

// In the order of the type Binary in src/kernels/specs.ts, followed by operations with three operands.
// @ts-ignore: decorator
@inline const ADD = 0;
// @ts-ignore: decorator
@inline const SUBTRACT = 1;
// @ts-ignore: decorator
@inline const MULTIPLY = 2;
// @ts-ignore: decorator
@inline const DIVIDE = 3;
// @ts-ignore: decorator
@inline const WHERE = 4;
// @ts-ignore: decorator
@inline const DIVIDE_GRADIENT = 5;

/** Four numbers of an operand, or one number four times if its step is 0. */
// @ts-ignore: decorator
@inline
function load(at: usize, left: i32, step: usize): v128 {
  return step ? loadFirst(at, left) : v128.load32_splat(at);
}

// @ts-ignore: decorator
@inline
function value(name: i32, a: v128, b: v128, c: v128): v128 {
  if (name == ADD) return f32x4.add(a, b);
  if (name == SUBTRACT) return f32x4.sub(a, b);
  if (name == MULTIPLY) return f32x4.mul(a, b);
  if (name == DIVIDE) return f32x4.div(a, b);
  if (name == DIVIDE_GRADIENT) return divideGradient(a, b, c);
  return v128.bitselect(b, c, f32x4.ne(a, f32x4.splat(0)));
}

/** −g a / b² in float64, rounded once. */
// @ts-ignore: decorator
@inline
function divideGradient(g: v128, a: v128, b: v128): v128 {
  const lower = f32x4.demote_f64x2_zero(slope(low(g), low(a), low(b)));
  const upper = f32x4.demote_f64x2_zero(slope(high(g), high(a), high(b)));
  return v128.shuffle<f32>(lower, upper, 0, 1, 4, 5);
}

// @ts-ignore: decorator
@inline
function slope(g: v128, a: v128, b: v128): v128 {
  return f64x2.div(f64x2.mul(f64x2.neg(g), a), f64x2.mul(b, b));
}

/** A part of a row; steps are in bytes for four numbers, 16 or 0. */
// @ts-ignore: decorator
@inline
function map(name: i32, a: usize, stepA: usize, b: usize, stepB: usize, c: usize, stepC: usize, y: usize, left: i32): void {
  do {
    const third = name >= WHERE ? load(c, left, stepC) : f32x4.splat(0);
    storeFirst(y, value(name, load(a, left, stepA), load(b, left, stepB), third), left);
    a += stepA;
    b += stepB;
    if (name >= WHERE) c += stepC;
    y += 16;
    left -= 4;
  } while (left > 0);
}

/**
 * y [rows, size] = a ∘ b, or b where a is not 0 and c elsewhere, or −a b / c², for elements from ≤ i < to. Element (i,
 * j) of an operand is at index row · i + step · j, step 0 or 1.
 */
export function combine(
  name: i32,
  y: usize,
  size: i32,
  a: usize,
  rowA: i32,
  stepA: i32,
  b: usize,
  rowB: i32,
  stepB: i32,
  c: usize,
  rowC: i32,
  stepC: i32,
  from: i32,
  to: i32,
): void {
  y += <usize>from << 2;
  while (from < to) {
    const row = from / size;
    const column = from - row * size;
    const count = min(size - column, to - from);
    const atA = a + (<usize>(row * rowA + column * stepA) << 2);
    const atB = b + (<usize>(row * rowB + column * stepB) << 2);
    const atC = c + (<usize>(row * rowC + column * stepC) << 2);
    switch (name) {
      case ADD: map(ADD, atA, stepA << 4, atB, stepB << 4, atC, stepC << 4, y, count); break;
      case SUBTRACT: map(SUBTRACT, atA, stepA << 4, atB, stepB << 4, atC, stepC << 4, y, count); break;
      case MULTIPLY: map(MULTIPLY, atA, stepA << 4, atB, stepB << 4, atC, stepC << 4, y, count); break;
      case DIVIDE: map(DIVIDE, atA, stepA << 4, atB, stepB << 4, atC, stepC << 4, y, count); break;
      case DIVIDE_GRADIENT: map(DIVIDE_GRADIENT, atA, stepA << 4, atB, stepB << 4, atC, stepC << 4, y, count); break;
      case WHERE: map(WHERE, atA, stepA << 4, atB, stepB << 4, atC, stepC << 4, y, count); break;
      default: unreachable();
    }
    y += <usize>count << 2;
    from += count;
  }
}
