import type { Buffer, Primitive, View } from "../kernels";
import { advance, sizeOf } from "./elementwise";

/** y[i₀, i₁, …] = x[start + Σ iₐ · stepsₐ]: axes in another order, a part of an axis, an axis repeated or reversed. */
export const readView: Primitive<[x: Buffer, view: View], Buffer> = {
  name: "readView",
  reference: (x: Float32Array, view) => {
    const output = new Float32Array(sizeOf(view.shape));
    forEachPlane(view, (place, offset, { rows, rowStep, columns, step }) => {
      for (let i = 0; i < rows; i++, place += columns, offset += rowStep) {
        if (step === 1 && columns >= RUN) output.set(x.subarray(offset, offset + columns), place);
        else for (let j = 0; j < columns; j++) output[place + j] = x[offset + j * step]!;
      }
    });
    return output;
  },
};

/**
 * The adjoint of `readView`: adds y[i₀, i₁, …] to element start + Σ iₐ · stepsₐ of `size` zeros. The sum is of float64
 * numbers where a view reads an element more than once.
 */
export const addView: Primitive<[y: Buffer, view: View, size: number], Buffer> = {
  name: "addView",
  reference: (y: Float32Array, view, size) => {
    const output = isApart(view) ? new Float32Array(size) : new Float64Array(size);
    forEachPlane(view, (place, offset, { rows, rowStep, columns, step }) => {
      for (let i = 0; i < rows; i++, place += columns, offset += rowStep) {
        if (step === 1 && columns >= RUN && output instanceof Float32Array)
          output.set(y.subarray(place, place + columns), offset);
        else for (let j = 0; j < columns; j++) output[offset + j * step]! += y[place + j]!;
      }
    });
    return output instanceof Float32Array ? output : Float32Array.from(output);
  },
};

/** Shorter runs are copied faster number by number. */
const RUN = 32;

/** The last two axes of a view. */
interface Plane {
  rows: number;
  rowStep: number;
  columns: number;
  step: number;
}

/** Calls `visit` for the last two axes at every index of the others, with their place in y and in x. */
function forEachPlane(view: View, visit: (place: number, offset: number, plane: Plane) => void): void {
  // Merging two axes would take longer than to copy a few numbers.
  const { shape, steps } = view.shape.length <= 2 ? view : merged(view);
  const rank = shape.length;
  const plane = {
    rows: shape[rank - 2] ?? 1,
    rowStep: steps[rank - 2] ?? 0,
    columns: shape[rank - 1] ?? 1,
    step: steps[rank - 1] ?? 0,
  };
  const size = sizeOf(shape);
  const index = new Array<number>(rank).fill(0);
  for (let place = 0; place < size; place += plane.rows * plane.columns) {
    let offset = view.start;
    for (let axis = 0; axis < rank - 2; axis++) offset += index[axis]! * steps[axis]!;
    visit(place, offset, plane);
    advance(index, shape, rank - 3);
  }
}

/** The same view with neighbouring axes joined where one continues the other, so that runs are long. */
function merged({ shape, steps }: View): { shape: number[]; steps: number[] } {
  const [sizes, strides]: [number[], number[]] = [[], []];
  for (let axis = 0; axis < shape.length; axis++) {
    const [size, step, last] = [shape[axis]!, steps[axis]!, sizes.length - 1];
    if (size === 1) continue;
    if (last >= 0 && strides[last] === step * size) {
      sizes[last]! *= size;
      strides[last] = step;
    } else {
      sizes.push(size);
      strides.push(step);
    }
  }
  return { shape: sizes, steps: strides };
}

/** Whether a view certainly reads no element twice: every step is longer than all shorter ones together reach. */
function isApart({ shape, steps }: View): boolean {
  const axes = shape.flatMap((size, axis) => (size === 1 ? [] : [{ size, step: Math.abs(steps[axis]!) }]));
  let reach = 0;
  return axes
    .sort((a, b) => a.step - b.step)
    .every(({ size, step }) => {
      const apart = step > reach;
      reach += step * (size - 1);
      return apart;
    });
}
