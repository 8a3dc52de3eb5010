import { load } from "../simd/operand";

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
@inline
function value(name: i32, a: v128, b: v128, c: v128): v128 {
  if (name == ADD) return f32x4.add(a, b);
  if (name == SUBTRACT) return f32x4.sub(a, b);
  if (name == MULTIPLY) return f32x4.mul(a, b);
  if (name == DIVIDE) return f32x4.div(a, b);
  return v128.bitselect(b, c, f32x4.ne(a, f32x4.splat(0)));
}

/** Steps are in bytes for four numbers, 16 or 0. */
// @ts-ignore: decorator
@inline
function loop(name: i32, a: usize, stepA: usize, b: usize, stepB: usize, c: usize, stepC: usize, y: usize, left: i32): void {
  do {
    const third = name == WHERE ? load(c, stepC) : f32x4.splat(0);
    v128.store(y, value(name, load(a, stepA), load(b, stepB), third));
    a += stepA;
    b += stepB;
    if (name == WHERE) c += stepC;
    y += 16;
    left -= 4;
  } while (left > 0);
}

/**
 * y = a ∘ b, or b where a is not 0 and c elsewhere. An operand whose step is 0 is a single number. Up to three
 * numbers behind y change too.
 */
export function combine(
  name: i32,
  a: usize,
  stepA: usize,
  b: usize,
  stepB: usize,
  c: usize,
  stepC: usize,
  y: usize,
  count: i32,
): void {
  switch (name) {
    case ADD: return loop(ADD, a, stepA, b, stepB, c, stepC, y, count);
    case SUBTRACT: return loop(SUBTRACT, a, stepA, b, stepB, c, stepC, y, count);
    case MULTIPLY: return loop(MULTIPLY, a, stepA, b, stepB, c, stepC, y, count);
    case DIVIDE: return loop(DIVIDE, a, stepA, b, stepB, c, stepC, y, count);
    case WHERE: return loop(WHERE, a, stepA, b, stepB, c, stepC, y, count);
    default: unreachable();
  }
}
