/** Operands broadcast to [rows, size]: element (i, j) of each is at row · i + step · j, step 0 or 1. */
export interface Table {
  rows: number;
  size: number;
  /** For each operand. */
  steps: readonly { row: number; step: number }[];
}

/** Merges axes that all operands step through as one; undefined if more than two are left. */
export function tableOf(shape: readonly number[], steps: readonly (readonly number[])[]): Table | undefined {
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
