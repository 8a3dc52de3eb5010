import type { Binary, Broadcast, Buffer, Selection } from "../kernels";
import { referenceKernels } from "../reference";
import { sizeOf } from "../reference/elementwise";
import { type Table, tableOf } from "./table";
import { dispatch } from "./threads";
import { WORTH_COPYING, type Workspace } from "./workspace";

/** The operations in the order of the kernel's numbers. */
const names = ["add", "subtract", "multiply", "divide", "where", "divideGradient"] as const;
type Name = (typeof names)[number];

/** Elementwise kernels for operands that broadcast to a table: all broadcasting except along a middle axis. */
export class Elementwise {
  readonly #workspace: Workspace;

  constructor(workspace: Workspace) {
    this.#workspace = workspace;
  }

  binary(name: Binary, a: Buffer, b: Buffer, broadcast: Broadcast): Buffer {
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

  divideGradient(gradient: Buffer, a: Buffer, b: Buffer, broadcast: Broadcast): Buffer {
    const { shape, stepsA, stepsB } = broadcast;
    const whole = shape.map((_, axis) => sizeOf(shape.slice(axis + 1)));
    const table = gradient.length < WORTH_COPYING ? undefined : tableOf(shape, [whole, stepsA, stepsB]);
    return table
      ? this.#combine("divideGradient", [gradient, a, b], table)
      : referenceKernels.divideGradient(gradient, a, b, broadcast);
  }

  where(condition: Buffer, a: Buffer, b: Buffer, selection: Selection): Buffer {
    const { shape, stepsCondition, stepsA, stepsB } = selection;
    const table = tableOf(shape, [stepsCondition, stepsA, stepsB]);
    return table
      ? this.#combine("where", [condition, a, b], table)
      : referenceKernels.where(condition, a, b, selection);
  }

  #combine(name: Name, operands: readonly Buffer[], { rows, size, steps }: Table): Buffer {
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

type Loop = (a: Buffer, b: Buffer, output: Buffer) => void;

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
