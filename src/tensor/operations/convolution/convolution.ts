import type { ConvolutionSpec } from "../../../kernels";
import { result } from "../../record";
import type { Shape } from "../../shape-types";
import type { Tensor } from "../../tensor";
import { convolve, type Role } from "./convolve";

/** The other two, in order. */
export const others = { x: ["weight", "y"], weight: ["x", "y"], y: ["x", "weight"] } as const;

/** One of x, weight and y from the other two. */
export function convolution(gives: Role, a: Tensor, b: Tensor, plan: ConvolutionSpec): Tensor {
  const buffer = convolve(gives, a.buffer, b.buffer, plan);
  return result("convolution", [a, b], { gives, plan }, shapesOf(plan)[gives], buffer);
}

function shapesOf({ batch, channels, out, groups, axes }: ConvolutionSpec): Record<Role, Shape> {
  return {
    x: [batch, channels, ...axes.map(({ size }) => size)],
    weight: [out, channels / groups, ...axes.map(({ kernel }) => kernel)],
    y: [batch, out, ...axes.map(({ places }) => places)],
  };
}
