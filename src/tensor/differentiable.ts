import type { Mapping, Pairing, Reduction } from "../kernels";
import type { Tensor } from "./tensor";

/** A function of one number and its derivative, stated with operations, so that it has derivatives of any order. */
export interface DifferentiableMapping extends Mapping {
  readonly derivative: (x: Tensor, first: number, second: number) => Tensor | number;
}

/** A function of two numbers and its partial derivatives. */
export interface DifferentiablePairing extends Pairing {
  readonly derivatives: Readonly<Record<"a" | "b", (a: Tensor, b: Tensor) => Tensor | number>>;
}

/** A function of the numbers along an axis and its derivative by each: x is [outer, size, inner], y [outer, 1, inner]. */
export interface DifferentiableReduction extends Reduction {
  readonly derivative: (x: Tensor, y: Tensor, setting: number) => Tensor;
}
