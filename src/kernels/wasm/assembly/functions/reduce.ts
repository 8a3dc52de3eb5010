import { EXPONENTIALS, eachColumn, eachLine, GREATEST, PRODUCT, SIZES, SMALLEST, SQUARES, SUM } from "../simd/fold";

/** results [count], float64: what x [count, size] adds up to line by line, x less the line's shift for squares and powers. */
export function lines(name: i32, x: usize, size: i32, count: i32, shifts: usize, results: usize): void {
  switch (name) {
    case SUM: return eachLine(SUM, x, size, count, shifts, results);
    case SIZES: return eachLine(SIZES, x, size, count, shifts, results);
    case SQUARES: return eachLine(SQUARES, x, size, count, shifts, results);
    case EXPONENTIALS: return eachLine(EXPONENTIALS, x, size, count, shifts, results);
    case PRODUCT: return eachLine(PRODUCT, x, size, count, shifts, results);
    case GREATEST: return eachLine(GREATEST, x, size, count, shifts, results);
    case SMALLEST: return eachLine(SMALLEST, x, size, count, shifts, results);
    default: unreachable();
  }
}

/** Goes on with totals [columns], float64, by the rows of x [rows, columns]. Up to three numbers behind each are touched. */
export function columns(name: i32, x: usize, rows: i32, columns: i32, shifts: usize, totals: usize): void {
  switch (name) {
    case SUM: return eachColumn(SUM, x, rows, columns, shifts, totals);
    case SIZES: return eachColumn(SIZES, x, rows, columns, shifts, totals);
    case SQUARES: return eachColumn(SQUARES, x, rows, columns, shifts, totals);
    case EXPONENTIALS: return eachColumn(EXPONENTIALS, x, rows, columns, shifts, totals);
    case PRODUCT: return eachColumn(PRODUCT, x, rows, columns, shifts, totals);
    case GREATEST: return eachColumn(GREATEST, x, rows, columns, shifts, totals);
    case SMALLEST: return eachColumn(SMALLEST, x, rows, columns, shifts, totals);
    default: unreachable();
  }
}
