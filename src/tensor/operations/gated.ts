import { type Checks, checkOptions, oneOf } from "../../checks";
import { ShapeError } from "../../errors";
import type { Unary } from "../../kernels";
import { type AxisOption, axisCheck, axisIndex, sameShape, show } from "../shape";
import type { Settled, Shape, SliceShape } from "../shape-types";
import { expectTensor, type Tensor } from "../tensor";
import { applied } from "./elementwise";
import { slice } from "./slice";

/**
 * x · Φ(x) with the normal distribution's Φ, or its approximation ½ x (1 + tanh(√(2/π) (x + 0.044715 x³))).
 *
 * @see Hendrycks and Gimpel 2016 (arXiv 1606.08415)
 * @example
 * ```ts
 * import { gelu, tensor } from "transformer-blocks";
 * gelu(tensor([1])).toArray(); // [0.8413447]
 * ```
 */
export function gelu<S extends Shape>(x: Tensor<S>, options?: GeluOptions): Tensor<S> {
  expectTensor("gelu", "x", x);
  if (options !== undefined) checkOptions("gelu", options, geluChecks);
  return applied(options?.approximate === "tanh" ? "geluTanh" : "gelu", x, undefined);
}

/** Options of `gelu`. */
export interface GeluOptions {
  approximate?: "none" | "tanh" | undefined;
}
const geluChecks: Checks<GeluOptions> = { approximate: /* @__PURE__ */ oneOf(["none", "tanh"]) };

/** Options of `gated`. */
export interface GatedOptions {
  activation: (typeof gates)[number];
}
const gates = ["relu", "gelu", "geluTanh", "silu", "sigmoid"] as const satisfies readonly Unary[];
const gatedChecks: Checks<GatedOptions> = { activation: /* @__PURE__ */ oneOf(gates) };

/**
 * f(gate) · x element by element: the middle of a gated feed-forward layer. With f = sigmoid, relu, gelu and silu these
 * are GLU, ReGLU, GEGLU and SwiGLU.
 *
 * @throws ShapeError unless both have the same shape; RangeError for an unknown activation
 * @see Shazeer 2020, GLU Variants Improve Transformer (arXiv 2002.05202)
 * @example
 * ```ts
 * import { gated, tensor } from "transformer-blocks";
 * gated(tensor([1, -1]), tensor([2, 2]), { activation: "silu" }).toArray(); // [1.4621172, -0.5378828]
 * ```
 */
export function gated<S extends Shape>(gate: Tensor<S>, x: Tensor<S>, options: GatedOptions): Tensor<S> {
  expectTensor("gated", "gate", gate);
  expectTensor("gated", "x", x);
  checkOptions("gated", options, gatedChecks, ["activation"]);
  const { activation } = options;
  if (!sameShape(gate.shape, x.shape))
    throw new ShapeError(`gated: the gate ${show(gate.shape)} and x ${show(x.shape)} differ in shape`);
  return applied(activation, gate, x);
}

/**
 * a · sigmoid(b), with a and b the first and second half of an axis; the last if omitted.
 *
 * @throws ShapeError if the axis has an odd size
 * @see Dauphin et al. 2016 (arXiv 1612.08083)
 * @example
 * ```ts
 * import { glu, tensor } from "transformer-blocks";
 * glu(tensor([2, 4, 0, 0])).toArray(); // [1, 2]
 * ```
 */
export function glu<const S extends Shape, const Axis extends number = -1, Wanted extends Shape = Shape>(
  x: Tensor<S>,
  options?: { axis?: Axis | undefined },
): Tensor<Settled<SliceShape<S, Axis>, Wanted>>;
export function glu(x: Tensor, options: AxisOption = {}): Tensor {
  expectTensor("glu", "x", x);
  checkOptions("glu", options, axisCheck);
  const axis = axisIndex("glu", x.shape, options.axis ?? -1);
  const half = x.shape[axis]! / 2;
  if (!Number.isInteger(half))
    throw new ShapeError(`glu: axis ${options.axis ?? -1} of ${show(x.shape)} has an odd size and no halves`);
  return gated(slice(x, { axis, start: half }), slice(x, { axis, end: half }), { activation: "sigmoid" });
}
