import { eachColumn, eachLine, SUM } from "../simd/fold";

/** results [count], float64: the sums of the lines of x [count, size]. */
export function lines(name: i32, x: usize, size: i32, count: i32, shifts: usize, results: usize): void {
  if (name != SUM) unreachable();
  eachLine(SUM, x, size, count, shifts, results);
}

/** Adds the rows of x [rows, columns] to totals [columns], float64. Up to three numbers behind each are touched. */
export function columns(name: i32, x: usize, rows: i32, columns: i32, shifts: usize, totals: usize): void {
  if (name != SUM) unreachable();
  eachColumn(SUM, x, rows, columns, shifts, totals);
}
