/**
 * Rows and columns of the tile in which a product is computed. With relaxed SIMD a sum waits four cycles for its
 * multiply-add and two can begin in each, so that eight sums just keep up and nine do better (63 against 58 GFLOP/s of 67
 * on Zen 5). Without it a sum waits for its addition alone, the product takes another register, and nine sums spill.
 */
export const ROWS: i32 = ASC_FEATURE_RELAXED_SIMD ? 3 : 4;
export const COLUMNS: i32 = ASC_FEATURE_RELAXED_SIMD ? 12 : 8;
