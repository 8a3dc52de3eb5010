import { COLUMNS, ROWS } from "./tile-size";

/**
 * Packing: the operands of a product are laid out so that its inner loop reads both sequentially. One pointer per
 * operand that moves by a constant gives the fastest loop: one pointer per row halves the speed.
 */

/**
 * Four lines of `depth` numbers, to [depth][4] with `toStep` bytes from one depth to the next. Line i begins `i · step`
 * bytes after `from`. If there are fewer than four lines, the last one replaces the missing ones; their results are not
 * read. Nothing is written behind the last depth, where the numbers of other threads may be.
 */
function packLines(from: usize, lines: i32, step: usize, depth: i32, to: usize, toStep: usize): void {
  let r0 = from;
  let r1 = lines > 1 ? r0 + step : r0;
  let r2 = lines > 2 ? r1 + step : r1;
  let r3 = lines > 3 ? r2 + step : r2;
  let p = 0;
  for (; p + 4 < depth; p += 4) {
    const x0 = v128.load(r0);
    const x1 = v128.load(r1);
    const x2 = v128.load(r2);
    const x3 = v128.load(r3);
    const t0 = v128.shuffle<f32>(x0, x1, 0, 4, 1, 5);
    const t1 = v128.shuffle<f32>(x0, x1, 2, 6, 3, 7);
    const t2 = v128.shuffle<f32>(x2, x3, 0, 4, 1, 5);
    const t3 = v128.shuffle<f32>(x2, x3, 2, 6, 3, 7);
    v128.store(to, v128.shuffle<f32>(t0, t2, 0, 1, 4, 5));
    to += toStep;
    v128.store(to, v128.shuffle<f32>(t0, t2, 2, 3, 6, 7));
    to += toStep;
    v128.store(to, v128.shuffle<f32>(t1, t3, 0, 1, 4, 5));
    to += toStep;
    v128.store(to, v128.shuffle<f32>(t1, t3, 2, 3, 6, 7));
    to += toStep;
    r0 += 16;
    r1 += 16;
    r2 += 16;
    r3 += 16;
  }
  for (; p < depth; p++) {
    f32.store(to, f32.load(r0));
    f32.store(to, f32.load(r1), 4);
    f32.store(to, f32.load(r2), 8);
    if (toStep > 12) f32.store(to, f32.load(r3), 12);
    to += toStep;
    r0 += 4;
    r1 += 4;
    r2 += 4;
    r3 += 4;
  }
}

/** Like `packLines`, for lines stored as columns: number p of line i is `p · step + i · 4` bytes after `from`. */
function packColumns(from: usize, lines: i32, step: usize, depth: i32, to: usize, toStep: usize): void {
  if (lines >= 4) {
    for (let p = 0; p < depth; p++) {
      v128.store(to, v128.load(from));
      from += step;
      to += toStep;
    }
    return;
  }
  const second = lines > 1 ? 4 : 0;
  const third = lines > 2 ? 8 : second;
  for (let p = 0; p < depth; p++) {
    f32.store(to, f32.load(from));
    f32.store(to, f32.load(from + second), 4);
    f32.store(to, f32.load(from + third), 8);
    f32.store(to, f32.load(from + third), 12);
    from += step;
    to += toStep;
  }
}

/**
 * Rows [first, last) of the left side to [⌈rows / ROWS⌉][depth][ROWS], and, transposed, up to four numbers more. If ROWS is
 * three, the next three overwrite the fourth number written.
 * @param from row-major [rows, depth], `step` bytes from row to row; or, transposed, [depth, rows]
 * @param first a multiple of ROWS
 */
export function packLeft(
  from: usize,
  step: usize,
  depth: i32,
  transposed: bool,
  to: usize,
  rows: i32,
  first: i32,
  last: i32,
): void {
  to += <usize>first * (<usize>depth << 2);
  for (let i = first; i < last; i += ROWS) {
    if (transposed) packColumns(from + (<usize>i << 2), rows - i, step, depth, to, ROWS * 4);
    else packLines(from + <usize>i * step, rows - i, step, depth, to, ROWS * 4);
    to += <usize>depth * (ROWS * 4);
  }
}

/**
 * Columns [j, j + columns) of the right side, COLUMNS at most, to [depth][COLUMNS].
 * @param step bytes from line to line
 * @param transposed whether lines are columns: a weight [n, depth], not [depth, n]
 */
export function packRight(from: usize, j: i32, columns: i32, step: usize, depth: i32, transposed: bool, to: usize): void {
  packNumbers(from + <usize>j * (transposed ? step : 4), columns, step, depth, transposed, to);
}

/** If there are fewer than COLUMNS, the first replaces the missing ones. @param transposed whether lines are columns */
function packNumbers(from: usize, columns: i32, step: usize, depth: i32, transposed: bool, to: usize): void {
  for (let j = 0; j < COLUMNS; j += 4) {
    const first = j < columns ? j : 0;
    if (transposed) packLines(from + <usize>first * step, columns - first, step, depth, to, COLUMNS * 4);
    else packColumns(from + (<usize>first << 2), columns - first, step, depth, to, COLUMNS * 4);
    to += 16;
  }
}
