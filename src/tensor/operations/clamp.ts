import { type Check, type Checks, checkOptions, numberIn, wrongKind } from "../../checks";
import { kernels, type Mapping } from "../../kernels";
import { map } from "../../kernels/internal";
import { knownAs, minimumNames } from "../../synonyms";
import { result } from "../record";
import type { BroadcastShape, Settled, Shape } from "../shape-types";
import { Tensor } from "../tensor";
import { add, multiply, operand, subtract } from "./elementwise";
import { pairwise } from "./pair";
import { greater, greaterEqual, less, lessEqual } from "./pairs";

/** The bounds of `clamp`. */
export interface ClampOptions<Minimum extends Shape = Shape, Maximum extends Shape = Shape> {
  minimum?: number | Tensor<Minimum> | undefined;
  maximum?: number | Tensor<Maximum> | undefined;
}
interface NumericBounds {
  minimum?: number | undefined;
  maximum?: number | undefined;
}

/** An infinite bound has no effect. */
const isNumber = /* @__PURE__ */ numberIn({ infinite: true });
const isBound: Check = (where, name, value) => {
  if (typeof value === "number") isNumber(where, name, value);
  else if (!(value instanceof Tensor)) throw wrongKind(where, name, "a number or a Tensor", value);
};
const clampChecks: Checks<ClampOptions> = /* @__PURE__ */ knownAs(
  { options: [minimumNames, "maximum max clipMax"] },
  { minimum: isBound, maximum: isBound },
);

/** The share of the bound: 1 where it is taken, half where both are equal. NaN has no gradient for the bound. */
const share = (isBound: Tensor, isBoundOrEqual: Tensor) => multiply(0.5, add(isBound, isBoundOrEqual));
const belowShare = (x: Tensor, minimum: Tensor) => share(less(x, minimum), lessEqual(x, minimum));
const aboveShare = (x: Tensor, maximum: Tensor) => share(greater(x, maximum), greaterEqual(x, maximum));
const raised = /* @__PURE__ */ pairwise({
  name: "clamp",
  vector: "maximum",
  value: Math.max,
  derivatives: { a: (x, minimum) => subtract(1, belowShare(x, minimum)), b: belowShare },
});
const lowered = /* @__PURE__ */ pairwise({
  name: "clamp",
  vector: "minimum",
  value: Math.min,
  derivatives: { a: (x, maximum) => subtract(1, aboveShare(x, maximum)), b: aboveShare },
});

const limited: Mapping = {
  name: "clamp",
  vector: "clamp",
  value: (x, minimum, maximum) => Math.min(Math.max(x, minimum), maximum),
};

type ClampShape<S extends Shape, Minimum extends Shape, Maximum extends Shape> =
  BroadcastShape<S, Minimum> extends infer Raised extends Shape ? BroadcastShape<Raised, Maximum> : never;

/**
 * x limited to a range, by numbers or by tensors, which broadcast. Where the bounds cross, the result is the maximum. The
 * gradient goes to x inside the range and to the bound outside. Where x equals the bound, it goes to x if the bound is a
 * number, and half of it to each if the bound is a tensor.
 *
 * @throws ShapeError if the shapes do not broadcast
 * @example
 * ```ts
 * import { clamp, tensor } from "transformer-blocks";
 * clamp(tensor([-2, 0.5, 7]), { minimum: 0, maximum: 1 }).toArray();           // [0, 0.5, 1]
 * clamp(tensor([-2, 0.5, 7]), { maximum: tensor([-3, 1, 6]) }).toArray();      // [-3, 0.5, 6]
 * ```
 */
export function clamp<S extends Shape = []>(x: Tensor<S> | number, bounds: NumericBounds): Tensor<S>;
export function clamp<
  const S extends Shape = [],
  const Minimum extends Shape = [],
  const Maximum extends Shape = [],
  Wanted extends Shape = Shape,
>(
  x: Tensor<S> | number,
  bounds: ClampOptions<Minimum, Maximum>,
): Tensor<Settled<ClampShape<S, Minimum, Maximum>, Wanted>>;
export function clamp(value: Tensor | number, bounds: ClampOptions): Tensor {
  const x = operand("clamp", "x", value);
  checkOptions("clamp", bounds, clampChecks);
  const { minimum = Number.NEGATIVE_INFINITY, maximum = Number.POSITIVE_INFINITY } = bounds;
  if (typeof minimum === "number" && typeof maximum === "number")
    return result(
      "clamp",
      [x],
      { minimum, maximum },
      x.shape,
      kernels().run(map, limited, [minimum, maximum], x.buffer),
    );
  const above: Tensor = bounds.minimum === undefined ? x : raised(x, minimum);
  return bounds.maximum === undefined ? above : lowered(above, maximum);
}
