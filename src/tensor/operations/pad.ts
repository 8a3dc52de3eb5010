import { arrayOf, type Check, type Checks, checkOptions, numberIn, oneOf, wholeIn, wrongKind } from "../../checks";
import { ShapeError } from "../../errors";
import { knownAs } from "../../synonyms";
import { checkSize, show } from "../shape";
import type { Settled, Shape, Sizes } from "../shape-types";
import { expectTensor, type Tensor } from "../tensor";
import { expand } from "./axes";
import { operand } from "./elementwise";
import { concatenate } from "./join";
import { flip, slice } from "./slice";
import { addView, stepsOf } from "./view";

const modes = ["constant", "reflect", "replicate", "circular"] as const;

/** Options of `pad`. */
export interface PadOptions {
  /**
   * How many elements each axis gets, `[before, after]`; fewer pairs than axes are for the last ones. Negative widths cut
   * elements off: in the modes "constant" and "circular" before new elements are added, in the others afterwards.
   */
  widths: readonly (readonly [before: number, after: number])[];
  /**
   * What the new elements are. "constant": one number; "reflect": the neighbours, mirrored at the first and last element;
   * "replicate": the first and last element; "circular": the elements of the other end. "constant" if omitted.
   */
  mode?: (typeof modes)[number] | undefined;
  /** The number of `"constant"`: 0 if omitted. */
  value?: number | undefined;
}
const isPair: Check = (where, name, value) => {
  areWhole(where, name, value);
  if ((value as unknown[]).length !== 2) throw wrongKind(where, name, "an array [before, after]", value);
};
const areWhole = /* @__PURE__ */ arrayOf(/* @__PURE__ */ wholeIn(), "an array [before, after]");
const padChecks: Checks<PadOptions> = /* @__PURE__ */ knownAs(
  {
    options: ["widths pad padding padWidth paddings", "value constantValues fillValue"],
    words: ["replicate edge nearest", "circular wrap", "reflect mirror"],
  },
  {
    widths: /* @__PURE__ */ arrayOf(isPair, "an array of pairs [before, after]"),
    mode: /* @__PURE__ */ oneOf(modes),
    value: /* @__PURE__ */ numberIn({ infinite: true }),
  },
);

/**
 * x with new elements before and after those of each axis.
 *
 * @throws ShapeError if there are more pairs than axes, or more elements are cut off than there are; RangeError if an
 * axis has too few elements to mirror or to repeat
 * @example
 * ```ts
 * import { pad, tensor } from "transformer-blocks";
 * pad(tensor([1, 2, 3]), { widths: [[1, 2]] }).toArray();                  // [0, 1, 2, 3, 0, 0]
 * pad(tensor([1, 2, 3]), { widths: [[1, 2]], mode: "reflect" }).toArray(); // [2, 1, 2, 3, 2, 1]
 * pad(tensor([[1], [2]]), { widths: [[1, -1], [0, 1]], value: 9 }).toArray(); // [[9, 9], [1, 9]]
 * ```
 */
export function pad<S extends Shape, Wanted extends Shape = Shape>(
  x: Tensor<S>,
  options: PadOptions,
): Tensor<Settled<Sizes<S>, Wanted>>;
export function pad(x: Tensor, options: PadOptions): Tensor {
  expectTensor("pad", "x", x);
  checkOptions("pad", options, padChecks, ["widths"]);
  const { mode = "constant", value = 0 } = options;
  const widths = widthsOf(x.shape, options);
  if (mode === "constant" && value === 0) return zeroPadded(x, widths);
  return widths.reduce((padded, width, axis) => padAxis(padded, axis, width, options), x);
}

type Width = readonly [before: number, after: number];

/** A pair for each axis. */
function widthsOf(shape: Shape, { widths, mode = "constant" }: PadOptions): Width[] {
  const missing = shape.length - widths.length;
  if (missing < 0)
    throw new ShapeError(`pad: widths has ${widths.length} pairs, but ${show(shape)} has ${shape.length} axes`);
  const all = [...new Array<Width>(missing).fill([0, 0]), ...widths];
  all.forEach((width, axis) => {
    const [more, cut] = [sumOf(added(width)), sumOf(added(width.map((each) => -each) as [number, number]))];
    if (cut > shape[axis]! + (cutsLast(mode) ? more : 0))
      throw new ShapeError(
        `pad: widths[${axis - missing}] ${show(width)} cuts ${cut} elements off axis ${axis} of ${show(shape)}`,
      );
  });
  checkSize(
    "pad",
    shape.map((size, axis) => size + sumOf(added(all[axis]!))),
  );
  return all;
}

const sumOf = ([before, after]: Width): number => before + after;
/** The widths without those that cut. */
const added = ([before, after]: Width): Width => [Math.max(0, before), Math.max(0, after)];
/** Whether new elements are made from x before it is cut, as in PyTorch; "circular" makes them from what is left. */
const cutsLast = (mode: PadOptions["mode"]): boolean => mode === "reflect" || mode === "replicate";

/** x cut by its negative widths. */
const cropped = (x: Tensor, axis: number, [before, after]: Width): Tensor =>
  before < 0 || after < 0
    ? slice(x, { axis, start: Math.max(0, -before), end: x.shape[axis]! - Math.max(0, -after) })
    : x;

/** x with zeros around it, along all axes at once. */
export function zeroPadded(x: Tensor, widths: readonly Width[]): Tensor {
  const kept = widths.reduce((rest, width, axis) => cropped(rest, axis, width), x);
  const all = widths.map(added);
  const shape = kept.shape.map((size, axis) => size + sumOf(all[axis]!));
  const steps = stepsOf(shape);
  const start = all.reduce((place, [before], axis) => place + before * steps[axis]!, 0);
  return addView(kept, { shape: kept.shape, start, steps }, shape);
}

function padAxis(x: Tensor, axis: number, width: Width, options: PadOptions): Tensor {
  if (cutsLast(options.mode)) return cropped(extended(x, axis, added(width), options), axis, width);
  return extended(cropped(x, axis, width), axis, added(width), options);
}

function extended(x: Tensor, axis: number, width: Width, { mode = "constant", value = 0 }: PadOptions): Tensor {
  const [before, after] = width;
  if (before === 0 && after === 0) return x;
  const size = x.shape[axis]!;
  expectElements(mode, axis, x.shape, Math.max(before, after));
  const part = (start: number, end: number) => slice(x, { axis, start, end });
  const copies = (one: Tensor, count: number) => expand(one, x.shape.with(axis, count));
  const borders = {
    constant: () => width.map((count) => copies(operand("pad", "value", value), count)),
    reflect: () => [flip(part(1, before + 1), { axis }), flip(part(size - 1 - after, size - 1), { axis })],
    replicate: () => [copies(part(0, 1), before), copies(part(size - 1, size), after)],
    circular: () => [part(size - before, size), part(0, after)],
  };
  const [front, back] = borders[mode]() as [Tensor, Tensor];
  return concatenate([front, x, back], { axis });
}

/** Throws if an axis has too few elements for its new neighbours. */
function expectElements(mode: (typeof modes)[number], axis: number, shape: Shape, most: number): void {
  const least = { constant: 0, reflect: most + 1, replicate: 1, circular: most }[mode];
  if (shape[axis]! < least)
    throw new RangeError(
      `pad: mode "${mode}" with a width of ${most} needs ${least} elements; axis ${axis} of ${show(shape)} has ${shape[axis]}`,
    );
}
