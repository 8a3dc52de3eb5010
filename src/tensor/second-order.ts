import { checkOptions } from "../checks";
import { expectUsed, type GradientOptions, gradientChecks, recorded, taped } from "./gradient";
import { accumulate } from "./gradients/accumulate";
import { zeros } from "./make";
import { Gradients } from "./named-gradients";
import { add, multiply } from "./operations/elementwise";
import { concatenate } from "./operations/join";
import { reshape } from "./operations/layout";
import { sum } from "./operations/reduction";
import type { Over } from "./over";
import { checkSize, sizeOf } from "./shape";
import type { Shape } from "./shape-types";
import { Tensor } from "./tensor";
import { type Vectors, vectorsOf } from "./vectors";

/**
 * H v, with the second derivatives Hᵢⱼ = ∂²f / ∂xᵢ∂xⱼ of a function that returns a single number, and a vector v: the
 * gradient of vᵀ ∇f. It takes about as long as two gradients and never builds H.
 *
 * @param vectors one tensor for each tensor that is differentiated by, in its shape: a Tensor for a Tensor, a list for a
 * list, gradients or a Map by path for a module
 * @throws as `valueAndGradients`, and RangeError or ShapeError for vectors that do not fit
 * @see Pearlmutter 1994, Fast Exact Multiplication by the Hessian (Neural Computation 6)
 * @example
 * ```ts
 * import { hessianVectorProduct, multiply, sum, tensor } from "transformer-blocks";
 * const x = tensor([1, 2]);
 * const cubes = () => sum(multiply(multiply(x, x), x)); // H = diag(6 x)
 * hessianVectorProduct(x, cubes, tensor([1, 10])).toArray(); // [6, 120]
 * ```
 */
export function hessianVectorProduct<S extends Shape>(
  over: Tensor<S>,
  f: (x: Tensor<S>) => Tensor,
  vectors: Tensor<S>,
  options?: GradientOptions,
): Tensor<S>;
export function hessianVectorProduct(
  over: Over,
  f: () => Tensor,
  vectors: Vectors,
  options?: GradientOptions,
): Gradients;
export function hessianVectorProduct(
  over: Tensor | Over,
  f: Differentiated,
  vectors: Tensor | Vectors,
  options: GradientOptions = {},
): Tensor | Gradients {
  const where = "hessianVectorProduct";
  checkOptions(where, options, gradientChecks);
  if (over instanceof Tensor) return productOver([over], of(over, f), [vectors]).get(over);
  return productOver(over, f, vectors);

  function productOver(list: Over, differentiated: () => Tensor, given: unknown): Gradients {
    const first = recorded(where, list, () => {
      const inner = recorded(where, list, differentiated);
      const gradients = inner.gradients();
      expectUsed(where, options, gradients.over().size === 0 || inner.depends);
      const byTensor = vectorsOf(where, gradients.names, list, given);
      let total = zeros([]);
      for (const [tensor, vector] of byTensor)
        total = add(total, sum(multiply<readonly number[], readonly number[]>(gradients.get(tensor), vector)));
      return total;
    });
    return first.gradients();
  }
}

/**
 * The derivatives of every element of f by every element of the tensors: [...output, ...x] for each tensor x. It takes a
 * gradient for each element of the output. By a single tensor, f may take it as its argument.
 *
 * @throws as `valueAndGradients`, but the value may have any shape; RangeError if the result would be too large
 * @example
 * ```ts
 * import { grad, jacobian, multiply, sum, tensor } from "transformer-blocks";
 * const x = tensor([1, 2]);
 * jacobian(x, (x) => multiply(x, x)).toArray(); // [[2, 0], [0, 4]]
 * const cubes = () => sum(multiply(multiply(x, x), x));
 * jacobian(x, () => grad([x], cubes).get(x)).toArray(); // [[6, 0], [0, 12]], the second derivatives
 * ```
 */
export function jacobian<Y extends Shape, X extends Shape>(
  over: Tensor<X>,
  f: (x: Tensor<X>) => Tensor<Y>,
  options?: GradientOptions,
): Tensor<[...Y, ...X]>;
export function jacobian(over: Over, f: () => Tensor, options?: GradientOptions): Gradients;
export function jacobian(over: Tensor | Over, f: Differentiated, options: GradientOptions = {}): Tensor | Gradients {
  checkOptions("jacobian", options, gradientChecks);
  if (over instanceof Tensor) return jacobianOver([over], of(over, f), options).get(over);
  return jacobianOver(over, f, options);
}

function jacobianOver(over: Over, f: () => Tensor, options: GradientOptions) {
  const { names, tape, value } = taped("jacobian", over, f);
  expectUsed("jacobian", options, names.tensors.size === 0 || value.size === 0 || tape.reaches(value));
  for (const { shape } of names.tensors) checkSize("jacobian", [...value.shape, ...shape]);
  const rows = Array.from({ length: value.size }, (_, i) =>
    accumulate(tape, value, unit(value.shape, i), [...tape.steps]),
  );
  const found = [...names.tensors].map((x): [Tensor, Tensor] => {
    const shape = [...value.shape, ...x.shape];
    const parts = rows.map((row) => reshape(row.get(x) ?? zeros(x.shape), [1, ...x.shape]));
    return [x, parts.length === 0 ? zeros(shape) : reshape(concatenate(parts, { axis: 0 }), shape)];
  });
  return new Gradients(names, new Map(found));
}

/** A function that is differentiated by one tensor may take it as its argument. */
type Differentiated = (...inputs: Tensor<never>[]) => Tensor;

/** Leaves what is no function to the checks. */
const of = (x: Tensor, f: Differentiated): (() => Tensor) =>
  typeof f === "function" ? () => f(x as Tensor<never>) : f;

/** Zeros, and 1 at place i. */
function unit(shape: Shape, i: number): Tensor {
  const numbers = new Float32Array(sizeOf(shape));
  numbers[i] = 1;
  return new Tensor(shape, numbers);
}
