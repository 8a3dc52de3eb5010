import { type IndexBuffer, kernels } from "../../kernels";
import { flatten, put as putKernel, scatterRows, take as takeKernel } from "../../kernels/internal";
import { result } from "../record";
import { sizeOf } from "../shape";
import type { Shape } from "../shape-types";
import type { Places } from "../steps";
import type { Tensor } from "../tensor";
import { stepsOf } from "./view";

/** The numbers of x at places along an axis, in a shape with as many places. The places are trusted. */
export function take(x: Tensor, spec: Places, shape: Shape): Tensor {
  const { axis, places } = spec;
  const isRows = axis.outer === 1 && axis.inner > 1;
  const output = isRows
    ? kernels().gatherRows(x.buffer, places, axis.inner)
    : kernels().run(takeKernel, x.buffer, axis, places);
  return result("take", [x], spec, shape, output);
}

/** The numbers of x added up at places along an axis of a shape, zeros elsewhere. Its gradient takes them back. */
export function put(x: Tensor, spec: Places, shape: Shape): Tensor {
  const { axis, places } = spec;
  const isRows = axis.outer === 1 && axis.inner > 1;
  const output = isRows
    ? kernels().run(scatterRows, x.buffer, places, axis.size, axis.inner)
    : kernels().run(putKernel, x.buffer, axis, places);
  return result("put", [x], spec, shape, output);
}

/**
 * Where in a contiguous tensor of the shape `from` the elements are that a tensor of the shape `within` chooses: each has
 * a place along the axis, and its own place along the others.
 */
export function flatPlaces(from: Shape, axis: number, within: Shape, places: IndexBuffer): Places {
  const flatAxis = { outer: 1, size: sizeOf(from), inner: 1 };
  if (from.length === 1 || places.length === 0) return { axis: flatAxis, places };
  const steps = stepsOf(from);
  return { axis: flatAxis, places: kernels().run(flatten, places, within, steps.with(axis, 0), steps[axis]!) };
}
