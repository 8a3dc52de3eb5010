import { storeFirst } from "./lanes";

/** Four numbers of an operand, or one number four times if its step is 0. */
// @ts-ignore: decorator
@inline
export function load(at: usize, step: usize): v128 {
  return step ? v128.load(at) : v128.load32_splat(at);
}

/** x [rows, size], row i filled with what was number i of x. From the last row on, so that none is overwritten early. */
export function spread(x: usize, rows: i32, size: i32): void {
  for (let row = rows - 1; row >= 0; row--) {
    const value = v128.load32_splat(x + (<usize>row << 2));
    let y = x + (<usize>(row * size) << 2);
    for (let left = size; left > 0; left -= 4) {
      storeFirst(y, value, left);
      y += 16;
    }
  }
}
