/**
 * Rows and columns of the tile in which a product is computed. With relaxed SIMD a multiply-add has a latency of four
 * cycles and two start per cycle, so eight sums just keep up and nine are faster (63 instead of 58 GFLOP/s of 67 on Zen
 * 5). Without it a sum waits only for its addition, the product takes another register, and nine sums spill.
 */
export const ROWS: i32 = ASC_FEATURE_RELAXED_SIMD ? 3 : 4;
export const COLUMNS: i32 = ASC_FEATURE_RELAXED_SIMD ? 12 : 8;
