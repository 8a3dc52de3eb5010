import { type Check, type Checks, checkOptions, wholeIn, wrongKind } from "../../checks";
import { ShapeError } from "../../errors";
import { knownAs } from "../../synonyms";
import type { WindowsShape } from "../layout-types";
import { axisAlong, axisCheck, checkSize, listShape, show } from "../shape";
import type { Settled, Shape } from "../shape-types";
import { expectTensor, type Tensor } from "../tensor";
import { zeroPadded } from "./pad";
import { readView, stepsOf } from "./view";

/** Options of `windows`. */
export interface WindowsOptions<Axis extends number = number, Size extends number = number> {
  axis: Axis;
  /** How many elements a window has. */
  size: Size;
  /** From the start of a window to that of the next: 1 if omitted. */
  step?: number | undefined;
}
const isPositive = /* @__PURE__ */ wholeIn({ least: 1 });
const windowsChecks: Checks<WindowsOptions> = /* @__PURE__ */ knownAs(
  { options: ["size windowShape windowSize"] },
  { ...axisCheck, size: isPositive, step: isPositive },
);

/**
 * The windows that slide along an axis: they are its new elements, and the elements of a window are another axis, the last.
 *
 * @throws ShapeError if a window is larger than the axis
 * @example
 * ```ts
 * import { tensor, windows } from "transformer-blocks";
 * windows(tensor([1, 2, 3, 4]), { axis: 0, size: 2, step: 1 }).toArray(); // [[1, 2], [2, 3], [3, 4]]
 * ```
 */
export function windows<
  const S extends Shape,
  const Axis extends number,
  const Size extends number,
  Wanted extends Shape = Shape,
>(x: Tensor<S>, options: WindowsOptions<Axis, Size>): Tensor<Settled<WindowsShape<S, Axis, Size>, Wanted>>;
export function windows(x: Tensor, options: WindowsOptions): Tensor {
  expectTensor("windows", "x", x);
  checkOptions("windows", options, windowsChecks, ["axis", "size"]);
  const { size, step = 1 } = options;
  const axis = axisAlong("windows", x.shape, options.axis);
  const length = listShape(x.shape)[axis]!;
  if (size > length)
    throw new ShapeError(`windows: a window of ${size} is larger than axis ${options.axis} of ${show(x.shape)}`);
  const steps = stepsOf(x.shape);
  const own = steps[axis] ?? 1;
  const placed = (sizes: Shape, replaced: number) => sizes.map((each, i) => (i === axis ? replaced : each));
  const shape = [...placed(x.shape, Math.floor((length - size) / step) + 1), size];
  checkSize("windows", shape);
  return readView(x, { shape, start: 0, steps: [...placed(steps, own * step), own] });
}

/** Of height and width: one for both, or each. */
type Pair = number | readonly [height: number, width: number];

/** Options of `unfold`. */
export interface UnfoldOptions {
  kernelSize: Pair;
  /** From one patch to the next: 1 if omitted. */
  stride?: Pair | undefined;
  /** Zeros on each side: 0 if omitted. */
  padding?: Pair | undefined;
  /** From one element of a patch to the next: 1 if omitted. */
  dilation?: Pair | undefined;
}
const pairOf =
  (each: Check): Check =>
  (where, name, value) => {
    if (typeof value === "number") return each(where, name, value);
    if (!Array.isArray(value) || value.length !== 2)
      throw wrongKind(where, name, "a whole number or an array [height, width]", value);
    for (let i = 0; i < 2; i++) each(where, `${name}[${i}]`, value[i]);
  };
const isPositivePair = /* @__PURE__ */ pairOf(isPositive);
const unfoldChecks: Checks<UnfoldOptions> = {
  kernelSize: isPositivePair,
  stride: isPositivePair,
  padding: /* @__PURE__ */ pairOf(/* @__PURE__ */ wholeIn({ least: 0 })),
  dilation: isPositivePair,
};
/** Height and width. */
type Sides = readonly [number, number];
const SIDES = [0, 1] as const;
const NONE: Sides = [0, 0];
const pair = (value: Pair): readonly [number, number] => (typeof value === "number" ? [value, value] : value);

/** Without the batch if x has none. */
type UnfoldShape<S extends Shape> = S extends readonly [infer Batch extends number, number, number, number]
  ? [Batch, number, number]
  : S extends readonly [number, number, number]
    ? [number, number]
    : Shape;

/**
 * The patches of images, of which a convolution is the product with its weight: x [batch, channels, height, width] →
 * [batch, channels · kernel height · kernel width, patches]. Also without batch.
 *
 * @throws ShapeError if x has other axes, or no patch fits
 * @example
 * ```ts
 * import { tensor, unfold } from "transformer-blocks";
 * unfold(tensor([[[1, 2, 3], [4, 5, 6]]]), { kernelSize: 2 }).toArray(); // [[1, 2], [2, 3], [4, 5], [5, 6]]
 * ```
 */
export function unfold<const S extends Shape, Wanted extends Shape = Shape>(
  x: Tensor<S>,
  options: UnfoldOptions,
): Tensor<Settled<UnfoldShape<S>, Wanted>>;
export function unfold(x: Tensor, options: UnfoldOptions): Tensor {
  expectTensor("unfold", "x", x);
  checkOptions("unfold", options, unfoldChecks, ["kernelSize"]);
  if (x.rank !== 3 && x.rank !== 4)
    throw new ShapeError(
      `unfold: x ${show(x.shape)} is not [batch, channels, height, width] or [channels, height, width]`,
    );
  const { kernelSize, stride = 1, padding = 0, dilation = 1 } = options;
  const [kernel, strides, zeros, apart] = [kernelSize, stride, padding, dilation].map(pair) as [
    Sides,
    Sides,
    Sides,
    Sides,
  ];
  const patches = SIDES.map((side) => {
    const size = x.shape.at(side - 2)! + 2 * zeros[side];
    const reach = apart[side] * (kernel[side] - 1) + 1;
    if (size < reach)
      throw new ShapeError(
        `unfold: a patch reaches over ${reach} elements, axis ${side - 2} of ${show(x.shape)} has ${size} with its padding`,
      );
    return Math.floor((size - reach) / strides[side]) + 1;
  });
  const [batch, channels] = x.rank === 4 ? [x.shape.slice(0, 1), x.shape[1]!] : [[], x.shape[0]!];
  const shape = [...batch, channels * kernel[0] * kernel[1], patches[0]! * patches[1]!];
  checkSize("unfold", shape);
  const around = zeroPadded(x, [...batch.map(() => NONE), NONE, [zeros[0], zeros[0]], [zeros[1], zeros[1]]]);
  const steps = stepsOf(around.shape);
  const [down, right] = [steps.at(-2)!, 1];
  return readView(
    around,
    {
      shape: [...batch, channels, ...kernel, ...patches],
      start: 0,
      steps: [...steps.slice(0, -2), down * apart[0], right * apart[1], down * strides[0], right * strides[1]],
    },
    shape,
  );
}
