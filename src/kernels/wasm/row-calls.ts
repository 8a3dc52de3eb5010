import type { Axis } from "../kernels";
import { referenceKernels } from "../reference";
import { readView } from "../reference/view";
import type { Region } from "./region";
import { dispatch, type Operation } from "./threads";
import type { Operand, Workspace } from "./workspace";

/** The bytes of `numbers` in a few buffers, each of which may be rounded up. */
export const room = (numbers: number): number => 4 * numbers + 96;

/** Along other axes than the last, the numbers of a line are not contiguous: they are moved together and back. */
export function callLines(
  workspace: Workspace,
  name: Operation,
  operands: readonly Float32Array[],
  { outer, size, inner }: Axis,
  exact?: (operands: readonly Float32Array[], rows: Axis) => Float32Array,
): Float32Array {
  const rows = { outer: outer * inner, size, inner: 1 };
  const lines = (lying: readonly Float32Array[]) =>
    callRows(workspace, name, lying, size, [size], exact && (() => exact(lying, rows)));
  if (inner === 1) return lines(operands);
  const together = operands.map((x) => exchanged(x, outer, size, inner));
  return exchanged(lines(together), outer, inner, size);
}

/** Copies operands in, runs a kernel on their rows of `size` numbers, and copies the result out. */
export function callRows(
  workspace: Workspace,
  name: Operation,
  operands: readonly Operand[],
  size: number,
  settings: readonly number[],
  exact?: Exact,
): Float32Array {
  const { length } = operands[0]!;
  return workspace.useWith(operands, room(length), (region, addresses) => {
    const output = region.take(4 * length);
    const count = size === 0 ? 0 : length / size;
    const args = [...addresses, output, ...settings];
    return unlessExtreme(region, exact, args, (all) => {
      dispatch(region, name, all, { count, work: 8 * size, multiple: 1 });
      return region.get(output, length);
    });
  });
}

/** Computes the same with the reference. */
export type Exact = () => Float32Array;

/** The kernel's result, or the reference's if the kernel found a row for which float32 is not precise enough. */
export function unlessExtreme(
  region: Region,
  exact: Exact | undefined,
  args: readonly number[],
  compute: (args: readonly number[]) => Float32Array,
): Float32Array {
  if (exact === undefined) return compute(args);
  const extreme = region.putIntegers([0]);
  const result = compute([...args, extreme]);
  return region.integers[extreme >> 2] === 0 ? result : exact();
}

/** [outer, rows, columns] → [outer, columns, rows] */
const exchanged = (x: Float32Array, outer: number, rows: number, columns: number): Float32Array =>
  referenceKernels.run(readView, x, { shape: [outer, columns, rows], start: 0, steps: [rows * columns, 1, columns] });
