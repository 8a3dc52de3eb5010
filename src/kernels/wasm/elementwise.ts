import type { Binary, Broadcast, Buffer } from "../kernels";
import { referenceKernels } from "../reference";

type Loop = (a: Buffer, b: Buffer, output: Buffer, from: number, count: number, atB: number) => void;

/**
 * output[from + i] = a[from + i] ∘ b[atB + i], in plain TypeScript: these loops wait for memory, and copying their operands
 * to where vector instructions could reach them takes longer than the sums. A loop for each, so that none calls another.
 */
const loops: { [Name in Binary]: Loop } = {
  add: (a, b, output, from, count, atB) => {
    for (let i = 0; i < count; i++) output[from + i] = a[from + i]! + b[atB + i]!;
  },
  subtract: (a, b, output, from, count, atB) => {
    for (let i = 0; i < count; i++) output[from + i] = a[from + i]! - b[atB + i]!;
  },
  multiply: (a, b, output, from, count, atB) => {
    for (let i = 0; i < count; i++) output[from + i] = a[from + i]! * b[atB + i]!;
  },
  divide: (a, b, output, from, count, atB) => {
    for (let i = 0; i < count; i++) output[from + i] = a[from + i]! / b[atB + i]!;
  },
};

/** The common cases by loops over whole runs; the others as the reference does them. */
export function binary(name: Binary, a: Buffer, b: Buffer, broadcast: Broadcast): Buffer {
  const { shape, stepsA, stepsB } = broadcast;
  const size = shape.reduce((product, length) => product * length, 1);
  const trailing = trailingAxes(shape, stepsB);
  if (
    size === 0 ||
    trailingAxes(shape, stepsA) < shape.length ||
    stepsB.slice(0, shape.length - trailing).some(Boolean)
  )
    return referenceKernels.binary(name, a, b, broadcast);
  const output = new Float32Array(size);
  const run = shape.slice(shape.length - trailing).reduce((product, length) => product * length, 1);
  // A single number on the right is a run of its own, as long as memory is kind to.
  const repeated = run < 64 && size >= 64 ? Math.ceil(256 / run) * run : run;
  const right = repeated === run ? b : Float32Array.from({ length: repeated }, (_, i) => b[i % run]!);
  for (let from = 0; from < size; from += repeated)
    loops[name](a, right, output, from, Math.min(repeated, size - from), 0);
  return output;
}

/** How many of the last axes an operand has whole and in order; it may repeat along those before. */
function trailingAxes(shape: readonly number[], steps: readonly number[]): number {
  let expected = 1;
  let count = 0;
  for (let axis = shape.length - 1; axis >= 0 && (steps[axis] === expected || shape[axis] === 1); axis--) {
    expected *= shape[axis]!;
    count++;
  }
  return count;
}

/** The sum along the first of two axes, row by row: columns one by one would jump through memory. */
export function sumRows(x: Buffer, size: number, inner: number): Buffer {
  const totals = new Float64Array(inner);
  for (let i = 0; i < size; i++) for (let j = 0; j < inner; j++) totals[j]! += x[i * inner + j]!;
  return Float32Array.from(totals);
}
