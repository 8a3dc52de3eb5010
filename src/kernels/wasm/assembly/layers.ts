/** Functions between the products of a layer, on numbers in the memory of its weights, in parts. */
import { unary } from "./elements/unary";

/**
 * x = f(x), or f(x) · factor, for numbers [from, to), f by its index in the type Unary. Up to three numbers behind x change
 * too.
 * @param factor 0 if there is none
 */
export function activate(name: i32, x: usize, factor: usize, from: i32, to: i32): void {
  unary(name, x + (<usize>from << 2), factor && factor + (<usize>from << 2), to - from);
}

/** y = y + x for numbers [from, to). Up to three numbers behind y change too. */
export function addNumbers(y: usize, x: usize, from: i32, to: i32): void {
  const end = y + (<usize>to << 2);
  x += <usize>from << 2;
  y += <usize>from << 2;
  do {
    v128.store(y, f32x4.add(v128.load(y), v128.load(x)));
    x += 16;
    y += 16;
  } while (y < end);
}
