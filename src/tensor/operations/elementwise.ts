import { ShapeError } from "../../errors";
import { type Binary, kernels, type Unary } from "../../kernels";
import { result } from "../record";
import { broadcast, show } from "../shape";
import type { BroadcastShape, Check, Shape } from "../shape-types";
import { expectTensor, Tensor } from "../tensor";

function unary<S extends Shape>(name: Unary, x: Tensor<S>): Tensor<S> {
  expectTensor(name, "x", x);
  return result("unary", [x, undefined], name, x.shape, kernels().unary(name, x.buffer));
}

function binary(name: Binary, a: Tensor | number, b: Tensor | number): Tensor {
  const left = operand(name, "a", a);
  const right = operand(name, "b", b);
  const plan = broadcast(name, left.shape, right.shape);
  return result("binary", [left, right], name, plan.shape, kernels().binary(name, left.buffer, right.buffer, plan));
}

function operand(operation: string, argument: string, value: Tensor | number): Tensor {
  if (typeof value === "number") return new Tensor([], Float32Array.of(value));
  expectTensor(operation, argument, value);
  return value;
}

type Operand<S extends Shape> = Tensor<S> | number;
type Fitting<A extends Shape, B extends Shape, Name extends string> = Check<
  BroadcastShape<A, B>,
  `${Name}: the shapes do not broadcast`
>;

/** a + b, broadcasting. */
export function add<const A extends Shape, const B extends Shape = []>(
  a: Tensor<A>,
  b: Operand<B> & Fitting<A, B, "add">,
): Tensor<BroadcastShape<A, B>>;
export function add(a: Tensor, b: Tensor | number): Tensor {
  return binary("add", a, b);
}

/** a − b, broadcasting. */
export function subtract<const A extends Shape, const B extends Shape = []>(
  a: Tensor<A>,
  b: Operand<B> & Fitting<A, B, "subtract">,
): Tensor<BroadcastShape<A, B>>;
export function subtract(a: Tensor, b: Tensor | number): Tensor {
  return binary("subtract", a, b);
}

/** a · b element by element, broadcasting. */
export function multiply<const A extends Shape, const B extends Shape = []>(
  a: Tensor<A>,
  b: Operand<B> & Fitting<A, B, "multiply">,
): Tensor<BroadcastShape<A, B>>;
export function multiply(a: Tensor, b: Tensor | number): Tensor {
  return binary("multiply", a, b);
}

/** a / b element by element, broadcasting. */
export function divide<const A extends Shape, const B extends Shape = []>(
  a: Tensor<A>,
  b: Operand<B> & Fitting<A, B, "divide">,
): Tensor<BroadcastShape<A, B>>;
export function divide(a: Tensor, b: Tensor | number): Tensor {
  return binary("divide", a, b);
}

/** max(x, 0) */
export const relu = <S extends Shape>(x: Tensor<S>): Tensor<S> => unary("relu", x);
/** 1 / (1 + e⁻ˣ) */
export const sigmoid = <S extends Shape>(x: Tensor<S>): Tensor<S> => unary("sigmoid", x);
/** x · sigmoid(x), also called swish. @see Elfwing et al. 2017 (arXiv 1702.03118) */
export const silu = <S extends Shape>(x: Tensor<S>): Tensor<S> => unary("silu", x);
/** The hyperbolic tangent. */
export const tanh = <S extends Shape>(x: Tensor<S>): Tensor<S> => unary("tanh", x);
/** The error function, 2/√π ∫₀ˣ e^(−t²) dt. */
export const erf = <S extends Shape>(x: Tensor<S>): Tensor<S> => unary("erf", x);
/** eˣ */
export const exp = <S extends Shape>(x: Tensor<S>): Tensor<S> => unary("exp", x);
/** The natural logarithm. */
export const log = <S extends Shape>(x: Tensor<S>): Tensor<S> => unary("log", x);
/** The square root. */
export const sqrt = <S extends Shape>(x: Tensor<S>): Tensor<S> => unary("sqrt", x);

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
export function gelu<S extends Shape>(x: Tensor<S>, options: { approximate?: "none" | "tanh" } = {}): Tensor<S> {
  return unary(options.approximate === "tanh" ? "geluTanh" : "gelu", x);
}

const gates = ["relu", "gelu", "geluTanh", "silu", "sigmoid"] as const satisfies readonly Unary[];

/**
 * f(gate) · x, number by number: the middle of a gated feed-forward layer, in one go. With f = sigmoid, relu, gelu and silu
 * these are GLU, ReGLU, GEGLU and SwiGLU.
 *
 * @throws ShapeError unless both have one shape; RangeError if the activation is none of these
 * @see Shazeer 2020, GLU Variants Improve Transformer (arXiv 2002.05202)
 * @example
 * ```ts
 * import { gated, tensor } from "transformer-blocks";
 * gated(tensor([1, -1]), tensor([2, 2]), { activation: "silu" }).toArray(); // [1.4621172, -0.5378828]
 * ```
 */
export function gated<S extends Shape>(
  gate: Tensor<S>,
  x: Tensor<S>,
  { activation }: { activation: (typeof gates)[number] },
): Tensor<S> {
  expectTensor("gated", "gate", gate);
  expectTensor("gated", "x", x);
  if (!gates.includes(activation))
    throw new RangeError(`gated: the activation "${activation}" is not one of ${gates.join(", ")}`);
  if (gate.shape.join() !== x.shape.join())
    throw new ShapeError(`gated: the gate ${show(gate.shape)} and x ${show(x.shape)} differ in shape`);
  return result("unary", [gate, x], activation, x.shape, kernels().unary(activation, gate.buffer, x.buffer));
}

/** x held between two bounds. */
export function clamp<S extends Shape>(x: Tensor<S>, bounds: { minimum?: number; maximum?: number }): Tensor<S> {
  expectTensor("clamp", "x", x);
  const { minimum = Number.NEGATIVE_INFINITY, maximum = Number.POSITIVE_INFINITY } = bounds;
  return result("clamp", [x], { minimum, maximum }, x.shape, kernels().clamp(x.buffer, minimum, maximum));
}
