import { refuseMore, wrongKind } from "../../checks";
import { type Binary, kernels, type Unary } from "../../kernels";
import { result } from "../record";
import { broadcast } from "../shape";
import type { BroadcastShape, Check, Settled, Shape } from "../shape-types";
import { expectTensor, Tensor } from "../tensor";
import type { Elementwise } from "./map";

function unary<S extends Shape>(name: Unary, x: Tensor<S>, more: readonly unknown[]): Tensor<S> {
  refuseMore(name, more);
  expectTensor(name, "x", x);
  return applied(name, x, undefined);
}

/** f(x), times a factor if there is one. */
export function applied<S extends Shape>(name: Unary, x: Tensor<S>, factor: Tensor<S> | undefined): Tensor<S> {
  return result("unary", [x, factor], name, x.shape, kernels().unary(name, x.buffer, factor?.buffer));
}

function binary(name: Binary, a: Tensor | number, b: Tensor | number, more: readonly unknown[]): Tensor {
  refuseMore(name, more);
  const left = operand(name, "a", a);
  const right = operand(name, "b", b);
  const plan = broadcast(name, left.shape, right.shape);
  return result("binary", [left, right], name, plan.shape, kernels().binary(name, left.buffer, right.buffer, plan));
}

/** A tensor unchanged, a number as a tensor of rank 0. */
export function operand(operation: string, argument: string, value: Tensor | number): Tensor {
  if (value instanceof Tensor) return value;
  if (typeof value !== "number") throw wrongKind(operation, argument, "a Tensor or a number", value);
  return new Tensor([], Float32Array.of(value));
}

type Operand<S extends Shape> = Tensor<S> | number;
type Fitting<A extends Shape, B extends Shape, Name extends string> = Check<
  BroadcastShape<A, B>,
  `${Name}: the shapes do not broadcast`
>;

/**
 * a + b, broadcasting. A number is a tensor of rank 0.
 *
 * @throws ShapeError if the shapes do not broadcast
 * @example
 * ```ts
 * import { add, tensor } from "transformer-blocks";
 * add(tensor([[1], [2]]), tensor([3, 4])).toArray(); // [[4, 5], [5, 6]]
 * ```
 */
export function add<const A extends Shape = [], const B extends Shape = [], Wanted extends Shape = Shape>(
  a: Operand<A>,
  b: Operand<B> & Fitting<A, B, "add">,
): Tensor<Settled<BroadcastShape<A, B>, Wanted>>;
export function add(a: Tensor | number, b: Tensor | number, ...more: unknown[]): Tensor {
  return binary("add", a, b, more);
}

/**
 * a − b, broadcasting. A number is a tensor of rank 0.
 *
 * @throws ShapeError if the shapes do not broadcast
 * @example
 * ```ts
 * import { subtract, tensor } from "transformer-blocks";
 * subtract(1, tensor([3, 4])).toArray(); // [-2, -3]
 * ```
 */
export function subtract<const A extends Shape = [], const B extends Shape = [], Wanted extends Shape = Shape>(
  a: Operand<A>,
  b: Operand<B> & Fitting<A, B, "subtract">,
): Tensor<Settled<BroadcastShape<A, B>, Wanted>>;
export function subtract(a: Tensor | number, b: Tensor | number, ...more: unknown[]): Tensor {
  return binary("subtract", a, b, more);
}

/**
 * a · b element by element, broadcasting. A number is a tensor of rank 0.
 *
 * @throws ShapeError if the shapes do not broadcast
 * @example
 * ```ts
 * import { multiply, tensor } from "transformer-blocks";
 * multiply(tensor([1, 2]), tensor([3, 4])).toArray(); // [3, 8]
 * ```
 */
export function multiply<const A extends Shape = [], const B extends Shape = [], Wanted extends Shape = Shape>(
  a: Operand<A>,
  b: Operand<B> & Fitting<A, B, "multiply">,
): Tensor<Settled<BroadcastShape<A, B>, Wanted>>;
export function multiply(a: Tensor | number, b: Tensor | number, ...more: unknown[]): Tensor {
  return binary("multiply", a, b, more);
}

/**
 * a / b element by element, broadcasting. A number is a tensor of rank 0.
 *
 * @throws ShapeError if the shapes do not broadcast
 * @example
 * ```ts
 * import { divide, tensor } from "transformer-blocks";
 * divide(tensor([1, 2]), 4).toArray(); // [0.25, 0.5]
 * ```
 */
export function divide<const A extends Shape = [], const B extends Shape = [], Wanted extends Shape = Shape>(
  a: Operand<A>,
  b: Operand<B> & Fitting<A, B, "divide">,
): Tensor<Settled<BroadcastShape<A, B>, Wanted>>;
export function divide(a: Tensor | number, b: Tensor | number, ...more: unknown[]): Tensor {
  return binary("divide", a, b, more);
}

/**
 * max(x, 0), element by element.
 *
 * @example
 * ```ts
 * import { relu, tensor } from "transformer-blocks";
 * relu(tensor([-1, 2])).toArray(); // [0, 2]
 * ```
 */
export const relu: Elementwise = (x, ...more) => unary("relu", x, more);

/**
 * 1 / (1 + e⁻ˣ), element by element.
 *
 * @example
 * ```ts
 * import { sigmoid, tensor } from "transformer-blocks";
 * sigmoid(tensor([0, Infinity])).toArray(); // [0.5, 1]
 * ```
 */
export const sigmoid: Elementwise = (x, ...more) => unary("sigmoid", x, more);

/**
 * x · sigmoid(x), element by element; also called swish.
 *
 * @see Elfwing et al. 2017 (arXiv 1702.03118)
 * @example
 * ```ts
 * import { silu, tensor } from "transformer-blocks";
 * silu(tensor([0, 1])).toArray(); // [0, 0.7310586]
 * ```
 */
export const silu: Elementwise = (x, ...more) => unary("silu", x, more);

/**
 * The hyperbolic tangent, element by element.
 *
 * @example
 * ```ts
 * import { tanh, tensor } from "transformer-blocks";
 * tanh(tensor([0, 1])).toArray(); // [0, 0.7615942]
 * ```
 */
export const tanh: Elementwise = (x, ...more) => unary("tanh", x, more);

/**
 * The error function, 2/√π ∫₀ˣ e^(−t²) dt, element by element.
 *
 * @example
 * ```ts
 * import { erf, tensor } from "transformer-blocks";
 * erf(tensor([0, 1])).toArray(); // [0, 0.8427008]
 * ```
 */
export const erf: Elementwise = (x, ...more) => unary("erf", x, more);

/**
 * eˣ, element by element.
 *
 * @example
 * ```ts
 * import { exp, tensor } from "transformer-blocks";
 * exp(tensor([0, 1])).toArray(); // [1, 2.7182817]
 * ```
 */
export const exp: Elementwise = (x, ...more) => unary("exp", x, more);

/**
 * ln x, element by element.
 *
 * @example
 * ```ts
 * import { log, tensor } from "transformer-blocks";
 * log(tensor([1, Math.E])).toArray(); // [0, 1]
 * ```
 */
export const log: Elementwise = (x, ...more) => unary("log", x, more);

/**
 * √x, element by element.
 *
 * @example
 * ```ts
 * import { sqrt, tensor } from "transformer-blocks";
 * sqrt(tensor([4, 9])).toArray(); // [2, 3]
 * ```
 */
export const sqrt: Elementwise = (x, ...more) => unary("sqrt", x, more);
