import type { Axis, Broadcast, Mapping, Pairing, Primitive, Reduction, Settings } from "../kernels";
import { forEachRow, sizeOf } from "./elementwise";
import { forEachLine } from "./reduction";

/** f(x) for every element. */
export const map: Primitive<[f: Mapping, settings: Settings, x: Float32Array], Float32Array> = {
  name: "map",
  reference: ({ value }, [first = 0, second = 0], x) => {
    const output = new Float32Array(x.length);
    for (let i = 0; i < x.length; i++) output[i] = value(x[i]!, first, second);
    return output;
  },
};

/** gradient · f′(x) */
export const mapGradient: Primitive<
  [f: Mapping, settings: Settings, x: Float32Array, gradient: Float32Array],
  Float32Array
> = {
  name: "mapGradient",
  reference: ({ slope }, [first = 0, second = 0], x, gradient) => {
    const output = new Float32Array(x.length);
    for (let i = 0; i < x.length; i++) output[i] = gradient[i]! * slope(x[i]!, first, second);
    return output;
  },
};

/** f(a, b) for every pair of elements. */
export const pair: Primitive<[f: Pairing, a: Float32Array, b: Float32Array, broadcast: Broadcast], Float32Array> = {
  name: "pair",
  reference: ({ value }, a, b, { shape, stepsA, stepsB }) => {
    const output = new Float32Array(sizeOf(shape));
    forEachRow(shape, [stepsA, stepsB], (start, columns, [offsetA, offsetB], [stepA, stepB]) => {
      for (let j = 0; j < columns; j++) output[start + j] = value(a[offsetA! + j * stepA!]!, b[offsetB! + j * stepB!]!);
    });
    return output;
  },
};

/** gradient · ∂f/∂a or gradient · ∂f/∂b, in the shape that a and b meet in. */
export const pairGradient: Primitive<
  [f: Pairing, side: "a" | "b", a: Float32Array, b: Float32Array, broadcast: Broadcast, gradient: Float32Array],
  Float32Array
> = {
  name: "pairGradient",
  reference: ({ slopeA, slopeB }, side, a, b, broadcast, gradient) => {
    const slope = side === "a" ? slopeA : slopeB;
    const { shape, stepsA, stepsB } = broadcast;
    const output = new Float32Array(gradient.length);
    forEachRow(shape, [stepsA, stepsB], (start, columns, [offsetA, offsetB], [stepA, stepB]) => {
      for (let j = 0; j < columns; j++) {
        const slopeHere = slope(a[offsetA! + j * stepA!]!, b[offsetB! + j * stepB!]!);
        output[start + j] = gradient[start + j]! * slopeHere;
      }
    });
    return output;
  },
};

/** f of the numbers of every line along the axis. */
export const reduce: Primitive<[f: Reduction, setting: number, x: Float32Array, axis: Axis], Float32Array> = {
  name: "reduce",
  reference: ({ value }, setting, x, axis) => {
    const output = new Float32Array(axis.outer * axis.inner);
    const line = new Float64Array(axis.size);
    forEachLine(axis, (start, place) => {
      readLine(line, x, start, axis.inner);
      output[place] = value(line, setting);
    });
    return output;
  },
};

/** A line's gradient times ∂f/∂x, for every x of the line. */
export const reduceGradient: Primitive<
  [f: Reduction, setting: number, x: Float32Array, axis: Axis, gradient: Float32Array],
  Float32Array
> = {
  name: "reduceGradient",
  reference: ({ slopes }, setting, x, axis, gradient) => {
    const output = new Float32Array(x.length);
    const line = new Float64Array(axis.size);
    forEachLine(axis, (start, place) => {
      readLine(line, x, start, axis.inner);
      slopes(line, setting);
      for (let i = 0; i < line.length; i++) output[start + i * axis.inner] = gradient[place]! * line[i]!;
    });
    return output;
  },
};

function readLine(line: Float64Array, x: Float32Array, start: number, step: number): void {
  for (let i = 0; i < line.length; i++) line[i] = x[start + i * step]!;
}

/** yᵢ = Σ xⱼ for j ≤ i along the axis, for j ≥ i if `backward`: its own gradient the other way. */
export const cumulativeSum: Primitive<[x: Float32Array, axis: Axis, backward: boolean], Float32Array> = {
  name: "cumulativeSum",
  reference: (x, axis, backward) => {
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
};
