import { refuseMore } from "../../checks";
import { kernels, type Settings } from "../../kernels";
import { map } from "../../kernels/internal";
import type { DifferentiableMapping } from "../differentiable";
import { result } from "../record";
import type { Shape } from "../shape-types";
import { expectTensor, type Tensor } from "../tensor";

/** A function of one number, applied to every element. */
export type Elementwise = <S extends Shape>(x: Tensor<S>) => Tensor<S>;

/**
 * The operation of a function and its derivative: all that an elementwise operation is. The kernels, the gradient and the
 * checks follow. Calls are marked `@__PURE__`, so that a page bundles only those that it uses.
 */
export function elementwise(f: DifferentiableMapping): Elementwise {
  return (x, ...more: unknown[]) => {
    refuseMore(f.name, more);
    return mapped(f, [], x);
  };
}

/** The same where the function has settings. */
export function mapped<S extends Shape>(f: DifferentiableMapping, settings: Settings, x: Tensor<S>): Tensor<S> {
  expectTensor(f.name, "x", x);
  return result("map", [x], { f, settings }, x.shape, kernels().run(map, f, settings, x.buffer));
}

/** The operation of other operations. */
export function composed(name: string, f: (x: Tensor) => Tensor): Elementwise {
  return <S extends Shape>(x: Tensor<S>, ...more: unknown[]) => {
    refuseMore(name, more);
    expectTensor(name, "x", x);
    return f(x) as Tensor<S>;
  };
}
