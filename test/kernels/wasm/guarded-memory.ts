import { expect } from "vitest";
import { bestFlavor, compiled, type Flavor } from "../../../src/kernels/wasm/module";
import { compiledQuantized } from "../../../src/kernels/wasm/quantized";
import { compiledTraining } from "../../../src/kernels/wasm/training/workspace";

/** Relaxed SIMD where this engine has it. */
export const flavors: readonly Flavor[] = bestFlavor() === "relaxed" ? ["strict", "relaxed"] : ["strict"];

/** Stands before and after every operand: a kernel that writes outside its own changes one. */
const GUARD = 123.5;
/** What results hold before a kernel writes them. */
const UNWRITTEN = 7;
/** Kernels keep their constants below. */
const START = 65536;

/** The kernels of a flavor and a memory in which each operand stands between two guards. */
export function guardedMemory(flavor: Flavor) {
  const memory = new WebAssembly.Memory({ initial: 200, maximum: 65536, shared: true });
  const modules = [compiled(flavor), compiledQuantized(flavor), compiledTraining(flavor)];
  const instances = modules.map((module) => new WebAssembly.Instance(module, { env: { memory } }));
  const kernels: Record<string, (...args: number[]) => number> = Object.assign(
    {},
    ...instances.map((each) => each.exports),
  );
  const numbers = new Float32Array(memory.buffer);
  let top = START;
  const guard = () => {
    numbers[top / 4] = GUARD;
    top += 4;
  };

  /** Forgets all operands. */
  const reset = () => {
    top = START;
    guard();
  };

  /** Copies an operand in; the address 0 stands for one that is left out. */
  const put = (operand: Float32Array | Int32Array | undefined): number => {
    if (operand === undefined) return 0;
    const address = top;
    const bytes = new Uint8Array(operand.buffer, operand.byteOffset, operand.byteLength);
    new Uint8Array(memory.buffer, address, operand.byteLength).set(bytes);
    top += operand.byteLength;
    guard();
    return address;
  };

  /** Room for a result. */
  const room = (length: number): number => put(new Float32Array(length).fill(UNWRITTEN));

  /** Where a kernel says that float32 is not enough for a row. */
  const extremeFlag = (): number => put(new Int32Array(1));

  /** A result, after its guards were looked at. */
  const take = (address: number, length: number): Float32Array => {
    expect([numbers[address / 4 - 1], numbers[address / 4 + length]]).toEqual([GUARD, GUARD]);
    return numbers.slice(address / 4, address / 4 + length);
  };

  return { kernels, reset, put, room, extremeFlag, take };
}

/** Two parts of the rows, as two threads would take them; the second begins at a whole block. */
export function halves(rows: number, block = 1): readonly (readonly [from: number, to: number])[] {
  const middle = Math.floor(rows / 2 / block) * block;
  return [
    [0, middle],
    [middle, rows],
  ];
}
