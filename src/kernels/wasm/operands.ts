import { CHUNK, placeOf, type Stream } from "./stream";
import type { Table } from "./table";

/** A number of rows, or a part of a long one, at the place of an operand. */
interface Part {
  place: number;
  row: number;
  column: number;
  height: number;
  width: number;
}

/**
 * Brings operands that broadcast to their places, part by part.
 * @param compute writes `count` numbers at the place behind the operands; an operand whose step is 0 is a single number
 * there, others have steps of 16 bytes
 */
export function combineParts(
  stream: Stream,
  operands: readonly Float32Array[],
  { rows, size, steps }: Table,
  compute: (steps: readonly number[], count: number) => void,
): Float32Array {
  const output = new Float32Array(rows * size);
  const result = placeOf(operands.length) / 4;
  const atOnce = Math.max(1, Math.floor(CHUNK / size));
  for (let row = 0; row < rows; row += atOnce) {
    const height = Math.min(atOnce, rows - row);
    for (let column = 0; column < size; column += CHUNK) {
      const width = Math.min(CHUNK, size - column);
      const strides = operands.map((operand, i) => {
        const step = steps[i]!;
        // What is the same for all rows is still there.
        const isNew = row === 0 || step.row > 0 || width < size;
        return bring(stream, operand, step, { place: placeOf(i), row, column, height, width }, isNew);
      });
      compute(strides, height * width);
      output.set(stream.numbers.subarray(result, result + height * width), row * size + column);
    }
  }
  return output;
}

/** Copies a part of an operand, repeated where it broadcasts. @returns its step in bytes */
function bring(
  stream: Stream,
  operand: Float32Array,
  step: Table["steps"][number],
  part: Part,
  isNew: boolean,
): number {
  const { numbers, assembly } = stream;
  const { place, row, column, height, width } = part;
  const isSingle = step.step === 0 && (height === 1 || step.row === 0);
  const from = row * step.row + column * step.step;
  if (!isNew) return isSingle ? 0 : 16;
  if (isSingle) {
    numbers[place / 4] = operand[from]!;
    return 0;
  }
  if (step.step === 0) {
    numbers.set(operand.subarray(from, from + height), place / 4);
    assembly.spread!(place, height, width);
  } else if (step.row > 0 || height === 1) numbers.set(operand.subarray(from, from + height * width), place / 4);
  else repeatRow(numbers, operand.subarray(from, from + width), place / 4, height);
  return 16;
}

/** Doubles what is there until there are enough rows. */
function repeatRow(numbers: Float32Array, row: Float32Array, at: number, height: number): void {
  const width = row.length;
  numbers.set(row, at);
  for (let filled = 1; filled < height; filled *= 2)
    numbers.copyWithin(at + filled * width, at, at + Math.min(filled, height - filled) * width);
}
