import { largest, logSumOfExponentials, scale, sumOfExponentials } from "./softmax";

/** The weight of a class: its element of weight [classes], 1 without weights, NaN for a class out of range. */
// @ts-ignore: decorator
@inline
function weightOf(weight: usize, target: i32, classes: i32): f32 {
  if (<u32>target >= <u32>classes) return NaN;
  return weight ? f32.load(weight + (<usize>target << 2)) : 1;
}

/**
 * output [rows] = −weight[target] · log softmax(logits)[target] for from ≤ row < to; 0 where the target is ignoreIndex.
 *
 * @param logits [rows, classes]
 * @param targets [rows], int32
 * @param weight [classes], or 0
 */
export function crossEntropy(
  logits: usize,
  targets: usize,
  weight: usize,
  output: usize,
  classes: i32,
  ignoreIndex: i32,
  from: i32,
  to: i32,
): void {
  for (let row = from; row < to; row++) {
    const target = i32.load(targets + (<usize>row << 2));
    let loss: f32 = 0;
    if (target != ignoreIndex) {
      loss = weightOf(weight, target, classes);
      if (loss == loss) {
        const x = logits + ((<usize>row * <usize>classes) << 2);
        const most = largest(x, classes);
        const logSum = logSumOfExponentials(x, classes, most);
        // In float64: a difference may overflow float32 although its product with a weight does not.
        const score = <f64>f32.load(x + (<usize>target << 2)) - <f64>f32x4.extract_lane(most, 0);
        loss = <f32>(<f64>loss * (<f64>logSum - score));
      }
    }
    f32.store(output + (<usize>row << 2), loss);
  }
}

/**
 * output [rows, classes] = gradient[row] · weight[target] · (softmax(logits) − 1 at the target) for from ≤ row < to; zeros
 * where the target is ignoreIndex.
 *
 * @param logits [rows, classes]; output may be logits
 * @param targets [rows], int32
 * @param weight [classes], or 0
 * @param gradient [rows]
 * @param extreme the address to set to 1 if float32 is not precise enough for a row
 */
export function crossEntropyGradient(
  logits: usize,
  targets: usize,
  weight: usize,
  gradient: usize,
  output: usize,
  classes: i32,
  ignoreIndex: i32,
  extreme: usize,
  from: i32,
  to: i32,
): void {
  const bytes = <usize>classes << 2;
  for (let row = from; row < to; row++) {
    const target = i32.load(targets + (<usize>row << 2));
    const y = output + <usize>row * bytes;
    if (target == ignoreIndex) {
      memory.fill(y, 0, bytes);
      continue;
    }
    const x = logits + <usize>row * bytes;
    const factor = f32.load(gradient + (<usize>row << 2)) * weightOf(weight, target, classes);
    // The reference takes over if a factor divided by a sum, or times a probability, may leave the range of float32.
    if (factor != 0 && !(abs<f32>(factor) >= 1e-24 && abs<f32>(factor) <= 1e30)) store<i32>(extreme, 1);
    const total = sumOfExponentials(x, y, classes, largest(x, classes), true);
    scale(y, classes, factor / total);
    if (<u32>target < <u32>classes) {
      const at = y + (<usize>target << 2);
      f32.store(at, f32.load(at) - factor);
    }
  }
}
