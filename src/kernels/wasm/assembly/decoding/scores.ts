import { largest, sumOfExponentials } from "../rows/softmax";

/** Of scores x [size], writes the greatest and Σ e^(x − greatest): NaN with a score of NaN or Infinity, or without a finite one. */
export function sumScores(x: usize, size: i32, results: usize): void {
  const most = largest(x, size);
  f32.store(results, f32x4.extract_lane(most, 0));
  f32.store(results, sumOfExponentials(x, 0, size, most, false), 4);
}
