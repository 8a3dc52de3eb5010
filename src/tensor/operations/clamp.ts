import { type Check, type Checks, checkOptions, numberIn, wrongKind } from "../../checks";
import { kernels } from "../../kernels";
import { knownAs, minimumNames } from "../../synonyms";
import { result } from "../record";
import type { BroadcastShape, Settled, Shape } from "../shape-types";
import { expectTensor, Tensor } from "../tensor";
import { pairwise } from "./pair";

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

/** The share of x: none where the bound is taken, half where both are equal. NaN has no gradient for the bound. */
const share = (isBound: boolean, isEqual: boolean) => (isBound ? 0 : isEqual ? 0.5 : 1);
const raised = /* @__PURE__ */ pairwise({
  name: "clamp",
  vector: "maximum",
  value: Math.max,
  slopeA: (x, minimum) => share(x < minimum, x === minimum),
  slopeB: (x, minimum) => 1 - share(x < minimum, x === minimum),
});
const lowered = /* @__PURE__ */ pairwise({
  name: "clamp",
  vector: "minimum",
  value: Math.min,
  slopeA: (x, maximum) => share(x > maximum, x === maximum),
  slopeB: (x, maximum) => 1 - share(x > maximum, x === maximum),
});

type ClampShape<S extends Shape, Minimum extends Shape, Maximum extends Shape> =
  BroadcastShape<S, Minimum> extends infer Raised extends Shape ? BroadcastShape<Raised, Maximum> : never;

/**
 * x limited to a range, by numbers or by tensors, which broadcast. Where the bounds cross, the result is the maximum. The
 * gradient goes to x inside the range, to the bound outside; on the bound, to x where it is a number and to each in equal
 * parts where it is a tensor.
 *
 * @throws ShapeError if the shapes do not broadcast
 */
export function clamp<S extends Shape>(x: Tensor<S>, bounds: NumericBounds): Tensor<S>;
export function clamp<
  const S extends Shape,
  const Minimum extends Shape = [],
  const Maximum extends Shape = [],
  Wanted extends Shape = Shape,
>(x: Tensor<S>, bounds: ClampOptions<Minimum, Maximum>): Tensor<Settled<ClampShape<S, Minimum, Maximum>, Wanted>>;
export function clamp(x: Tensor, bounds: ClampOptions): Tensor {
  expectTensor("clamp", "x", x);
  checkOptions("clamp", bounds, clampChecks);
  const { minimum = Number.NEGATIVE_INFINITY, maximum = Number.POSITIVE_INFINITY } = bounds;
  if (typeof minimum === "number" && typeof maximum === "number")
    return result("clamp", [x], { minimum, maximum }, x.shape, kernels().clamp(x.buffer, minimum, maximum));
  const above: Tensor = bounds.minimum === undefined ? x : raised(x, minimum);
  return bounds.maximum === undefined ? above : lowered(above, maximum);
}
