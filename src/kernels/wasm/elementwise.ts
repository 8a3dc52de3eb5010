import type { Binary, Broadcast, Selection } from "../kernels";
import { referenceKernels } from "../reference";
import { sizeOf } from "../reference/elementwise";
import { dispatch } from "./threads";
import { WORTH_COPYING, type Workspace } from "./workspace";

/** The operations in the order of the kernel's numbers. */
const names = ["add", "subtract", "multiply", "divide", "where", "divideGradient"] as const;
type Name = (typeof names)[number];

/** Operands broadcast to [rows, size]: element (i, j) of each is at row · i + step · j, step 0 or 1. */
interface Table {
  rows: number;
  size: number;
  /** For each operand. */
  steps: readonly { row: number; step: number }[];
}

/** Elementwise kernels for operands that broadcast to a table: all broadcasting except along a middle axis. */
export class Elementwise {
  readonly #workspace: Workspace;

  constructor(workspace: Workspace) {
    this.#workspace = workspace;
  }

  binary(name: Binary, a: Float32Array, b: Float32Array, broadcast: Broadcast): Float32Array {
    const { shape, stepsA, stepsB } = broadcast;
    const count = sizeOf(shape);
    if (count < WORTH_COPYING && a.length === count && b.length === count) {
      const output = new Float32Array(count);
      loops[name](a, b, output);
      return output;
    }
    const table = tableOf(shape, [stepsA, stepsB]);
    return table ? this.#combine(name, [a, b], table) : referenceKernels.binary(name, a, b, broadcast);
  }

  divideGradient(gradient: Float32Array, a: Float32Array, b: Float32Array, broadcast: Broadcast): Float32Array {
    const { shape, stepsA, stepsB } = broadcast;
    const whole = shape.map((_, axis) => sizeOf(shape.slice(axis + 1)));
    const table = gradient.length < WORTH_COPYING ? undefined : tableOf(shape, [whole, stepsA, stepsB]);
    return table
      ? this.#combine("divideGradient", [gradient, a, b], table)
      : referenceKernels.divideGradient(gradient, a, b, broadcast);
  }

  where(condition: Float32Array, a: Float32Array, b: Float32Array, selection: Selection): Float32Array {
    const { shape, stepsCondition, stepsA, stepsB } = selection;
    const table = tableOf(shape, [stepsCondition, stepsA, stepsB]);
    return table
      ? this.#combine("where", [condition, a, b], table)
      : referenceKernels.where(condition, a, b, selection);
  }

  #combine(name: Name, operands: readonly Float32Array[], { rows, size, steps }: Table): Float32Array {
    const count = rows * size;
    return this.#workspace.useWith(operands, 4 * count + 16, (region, addresses) => {
      const output = region.take(4 * count);
      const places = steps.flatMap(({ row, step }, i) => [addresses[i]!, row, step]);
      const third = operands.length === 2 ? [0, 0, 0] : [];
      const args = [names.indexOf(name), output, size, ...places, ...third];
      dispatch(region, "combine", args, { count, work: 4, multiple: 4 });
      return region.get(output, count);
    });
  }
}

/** Merges axes that all operands step through as one; undefined if more than two are left. */
function tableOf(shape: readonly number[], steps: readonly (readonly number[])[]): Table | undefined {
  /** From the last axis to the first. */
  const axes: { length: number; steps: readonly number[] }[] = [];
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const length = shape[axis]!;
    if (length === 1) continue;
    const own = steps.map((each) => each[axis]!);
    const inner = axes.at(-1);
    if (inner && own.every((step, i) => step === inner.length * inner.steps[i]!)) inner.length *= length;
    else axes.push({ length, steps: own });
  }
  if (axes.length > 2) return undefined;
  const [columns, rows] = axes;
  return {
    rows: rows?.length ?? 1,
    size: columns?.length ?? 1,
    steps: steps.map((_, i) => ({ row: rows?.steps[i] ?? 0, step: columns?.steps[i] ?? 0 })),
  };
}

type Loop = (a: Float32Array, b: Float32Array, output: Float32Array) => void;

/** One loop per operation, to avoid a function call per number. */
const loops: { [Name in Binary]: Loop } = {
  add: (a, b, output) => {
    for (let i = 0; i < output.length; i++) output[i] = a[i]! + b[i]!;
  },
  subtract: (a, b, output) => {
    for (let i = 0; i < output.length; i++) output[i] = a[i]! - b[i]!;
  },
  multiply: (a, b, output) => {
    for (let i = 0; i < output.length; i++) output[i] = a[i]! * b[i]!;
  },
  divide: (a, b, output) => {
    for (let i = 0; i < output.length; i++) output[i] = a[i]! / b[i]!;
  },
};
