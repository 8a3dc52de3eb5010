import type { Broadcast, PairVector } from "../../specs";
import { type Table, tableOf } from "../table";
import { CHUNK, placeOf, type Stream, streamOf } from "./stream";

/** The numbers of functions in the kernel's pair.ts. */
const numberOf: Readonly<Record<PairVector, number>> = {
  maximum: 0,
  minimum: 1,
  power: 2,
  equal: 3,
  notEqual: 4,
  less: 5,
  lessEqual: 6,
  greater: 7,
  greaterEqual: 8,
};

/** f of every pair by vector instructions; undefined if an operand broadcasts along a middle axis. */
export function pairVector(
  vector: PairVector,
  a: Float32Array,
  b: Float32Array,
  { shape, stepsA, stepsB }: Broadcast,
): Float32Array | undefined {
  const table = tableOf(shape, [stepsA, stepsB]);
  if (!table) return undefined;
  const stream = streamOf();
  const f = numberOf[vector] ?? -1;
  return combine([a, b], table, stream, (steps, count) => {
    stream.assembly.pair!(f, placeOf(0), steps[0]!, placeOf(1), steps[1]!, placeOf(2), count);
  });
}

/**
 * Brings the operands to their places part by part. A part is a whole number of rows, or a part of a long one.
 * @param compute writes `count` numbers behind the operands; an operand whose step is 0 is a single number there, others
 * have steps of 16 bytes
 */
function combine(
  operands: readonly Float32Array[],
  { rows, size, steps }: Table,
  stream: Stream,
  compute: (steps: readonly number[], count: number) => void,
): Float32Array {
  const output = new Float32Array(rows * size);
  const result = placeOf(operands.length) / 4;
  const rowsAtOnce = Math.max(1, Math.floor(CHUNK / size));
  for (let row = 0; row < rows; row += rowsAtOnce) {
    const height = Math.min(rowsAtOnce, rows - row);
    for (let column = 0; column < size; column += CHUNK) {
      const width = Math.min(CHUNK, size - column);
      const strides = operands.map((operand, i) => {
        const isNew = row === 0 || steps[i]!.row > 0 || width < size;
        return bring(stream, operand, steps[i]!, { place: placeOf(i), row, column, height, width }, isNew);
      });
      compute(strides, height * width);
      output.set(stream.numbers.subarray(result, result + height * width), row * size + column);
    }
  }
  return output;
}

interface Part {
  place: number;
  row: number;
  column: number;
  height: number;
  width: number;
}

/** Copies a part of an operand, repeated where it broadcasts, unless it is there already. @returns its step in bytes */
function bring(
  { numbers, assembly }: Stream,
  operand: Float32Array,
  step: Table["steps"][number],
  { place, row, column, height, width }: Part,
  isNew: boolean,
): number {
  const isSingle = step.step === 0 && (height === 1 || step.row === 0);
  if (isNew) {
    const from = row * step.row + column * step.step;
    if (isSingle) numbers[place / 4] = operand[from]!;
    else if (step.step === 0) {
      numbers.set(operand.subarray(from, from + height), place / 4);
      assembly.spread!(place, height, width);
    } else {
      numbers.set(operand.subarray(from, from + (step.row === 0 ? width : height * width)), place / 4);
      if (step.row === 0)
        for (let filled = 1; filled < height; filled *= 2)
          numbers.copyWithin(
            place / 4 + filled * width,
            place / 4,
            place / 4 + Math.min(filled, height - filled) * width,
          );
    }
  }
  return isSingle ? 0 : 16;
}
