import { type Checks, checkOptions } from "../../checks";
import type { Axis } from "../../kernels";
import { type AxisOptions, axesOf, sizeOf } from "../shape";
import type { Axes, ReducedShape, Settled, Shape } from "../shape-types";
import { expectTensor, type Tensor } from "../tensor";
import { permute } from "./layout";

/** An operation that reduces all elements, or those along one axis or several. */
export type Reducing<Options extends AxisOptions = AxisOptions> = <
  const S extends Shape,
  const Axis extends Axes = undefined,
  const Keep extends boolean | undefined = undefined,
  Wanted extends Shape = Shape,
>(
  x: Tensor<S>,
  options?: Options & AxisOptions<Axis, Keep>,
) => Tensor<Settled<ReducedShape<S, Axis, Keep>, Wanted>>;

/** What is left to do of a reduction: one axis of `lines`, which is x or x with its axes in another order. */
export interface Reducible {
  lines: Tensor;
  axis: Axis;
  /** Of the result. */
  shape: Shape;
}

/**
 * The axes that an operation reduces, brought together as one. An empty list is no axis: nothing is reduced.
 *
 * @throws RangeError for an axis that x does not have, or that comes twice
 */
function reducible<Options extends AxisOptions>(
  operation: string,
  x: Tensor,
  options: Options | undefined,
  checks: Checks<Options>,
): Reducible {
  if (options !== undefined) checkOptions(operation, options, checks);
  const axes = axesOf(operation, x.shape, options?.axis);
  const isReduced = (axis: number) => axes.includes(axis);
  const shape = options?.keepAxis
    ? x.shape.map((size, axis) => (isReduced(axis) ? 1 : size))
    : x.shape.filter((_, axis) => !isReduced(axis));
  const [first = 0] = axes;
  const last = first + axes.length;
  const size = sizeOf(axes.map((axis) => x.shape[axis]!));
  if (axes.every((axis, i) => axis === first + i))
    return {
      lines: x,
      axis: { outer: sizeOf(x.shape.slice(0, first)), size, inner: sizeOf(x.shape.slice(last)) },
      shape,
    };
  const others = x.shape.flatMap((_, axis) => (isReduced(axis) ? [] : [axis]));
  const lines = permute(x, [...others, ...axes]);
  return { lines, axis: { outer: sizeOf(shape), size, inner: 1 }, shape };
}

/** The operation that checks x and its options, and reduces what they come down to. */
export const reducing = <Options extends AxisOptions>(
  operation: string,
  checks: Checks<Options>,
  reduce: (reducible: Reducible, x: Tensor, options: Options | undefined) => Tensor,
): Reducing<Options> =>
  ((x: Tensor, options?: Options) => {
    expectTensor(operation, "x", x);
    return reduce(reducible(operation, x, options, checks), x, options);
  }) as Reducing<Options>;
