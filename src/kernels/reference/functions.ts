import type { Axis, Broadcast, Buffer, Mapping, Pairing, Primitive, Reduction, Settings } from "../kernels";
import { cumulativeSumVector } from "../wasm/functions/cumulative";
import { mapVector } from "../wasm/functions/map";
import { pairVector } from "../wasm/functions/pair";
import { reduceVector } from "../wasm/functions/reduce";
import { sumVector } from "../wasm/sums";
import { forEachRow, sizeOf } from "./elementwise";
import { forEachLine, sum as sumLines } from "./reduction";

/** f(x) for every element. */
export const map: Primitive<[f: Mapping, settings: Settings, x: Buffer], Buffer> = {
  name: "map",
  reference: ({ value }, [first = 0, second = 0], x: Float32Array) => {
    const output = new Float32Array(x.length);
    for (let i = 0; i < x.length; i++) output[i] = value(x[i]!, first, second);
    return output;
  },
  wasm: (_, f, settings, x: Float32Array) => f.vector && mapVector(f.vector, f, settings, x),
};

/** f(a, b) for every pair of elements. */
export const pair: Primitive<[f: Pairing, a: Buffer, b: Buffer, broadcast: Broadcast], Buffer> = {
  name: "pair",
  reference: ({ value }, a: Float32Array, b: Float32Array, { shape, stepsA, stepsB }) => {
    const output = new Float32Array(sizeOf(shape));
    forEachRow(shape, [stepsA, stepsB], (start, columns, [offsetA, offsetB], [stepA, stepB]) => {
      for (let j = 0; j < columns; j++) output[start + j] = value(a[offsetA! + j * stepA!]!, b[offsetB! + j * stepB!]!);
    });
    return output;
  },
  wasm: (_, { vector }, a: Float32Array, b: Float32Array, broadcast) => vector && pairVector(vector, a, b, broadcast),
};

/** f of the numbers of every line along the axis. */
export const reduce: Primitive<[f: Reduction, setting: number, x: Buffer, axis: Axis], Buffer> = {
  name: "reduce",
  reference: ({ value }, setting, x: Float32Array, axis) => {
    const output = new Float32Array(axis.outer * axis.inner);
    const line = new Float64Array(axis.size);
    forEachLine(axis, (start, place) => {
      readLine(line, x, start, axis.inner);
      output[place] = value(line, setting);
    });
    return output;
  },
  wasm: (_, { vector }, setting, x: Float32Array, axis) => vector && reduceVector(vector, setting, x, axis),
};

function readLine(line: Float64Array, x: Float32Array, start: number, step: number): void {
  for (let i = 0; i < line.length; i++) line[i] = x[start + i * step]!;
}

/** The sum of the numbers of every line along the axis. */
export const sum: Primitive<[x: Buffer, axis: Axis], Buffer> = {
  name: "sum",
  reference: sumLines,
  wasm: (_, x: Float32Array, axis) => sumVector(x, axis),
};

/** yᵢ = Σ xⱼ for j ≤ i along the axis, for j ≥ i if `backward`: its own gradient the other way. */
export const cumulativeSum: Primitive<[x: Buffer, axis: Axis, backward: boolean], Buffer> = {
  name: "cumulativeSum",
  reference: (x: Float32Array, axis, backward) => {
    const output = new Float32Array(x.length);
    forEachLine(axis, (start) => {
      let total = 0;
      for (let i = 0; i < axis.size; i++) {
        const at = start + (backward ? axis.size - 1 - i : i) * axis.inner;
        total += x[at]!;
        output[at] = total;
      }
    });
    return output;
  },
  wasm: (_, x: Float32Array, axis, backward) => cumulativeSumVector(x, axis, backward),
};
