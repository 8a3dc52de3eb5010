import { refuseMore } from "../../checks";
import { kernels, type Pairing, type PairVector } from "../../kernels";
import { pair } from "../../kernels/internal";
import type { DifferentiablePairing } from "../differentiable";
import { result } from "../record";
import { broadcast } from "../shape";
import type { BroadcastShape, Check, Settled, Shape } from "../shape-types";
import { Tensor } from "../tensor";
import { operand } from "./elementwise";

/** A function of two numbers, applied to every pair of elements, broadcasting. A number is a tensor of rank 0. */
export type Pairwise<Name extends string> = <
  const A extends Shape = [],
  const B extends Shape = [],
  Wanted extends Shape = Shape,
>(
  a: Tensor<A> | number,
  b: (Tensor<B> | number) & Check<BroadcastShape<A, B>, `${Name}: the shapes do not broadcast`>,
) => Tensor<Settled<BroadcastShape<A, B>, Wanted>>;

/** The operation of a function of two numbers and its derivatives; as `elementwise` for one. */
export function pairwise<Name extends string>(f: DifferentiablePairing & { name: Name }): Pairwise<Name> {
  return ((a: Tensor | number, b: Tensor | number, ...more: unknown[]) => {
    const { inputs, shape, buffer } = paired(f, a, b, more);
    return result("pair", inputs, { f }, shape, buffer);
  }) as Pairwise<Name>;
}

/** The operation of a relation: 1 where it holds, 0 elsewhere. No gradient flows through it. */
export function relation<Name extends PairVector>(
  name: Name,
  holds: (a: number, b: number) => boolean,
): Pairwise<Name> {
  const f: Pairing = { name, vector: name, value: (a, b) => Number(holds(a, b)) };
  return ((a: Tensor | number, b: Tensor | number, ...more: unknown[]) => {
    const { shape, buffer } = paired(f, a, b, more);
    return new Tensor(shape, buffer);
  }) as Pairwise<Name>;
}

function paired(f: Pairing, a: Tensor | number, b: Tensor | number, more: readonly unknown[]) {
  refuseMore(f.name, more);
  const left = operand(f.name, "a", a);
  const right = operand(f.name, "b", b);
  const plan = broadcast(f.name, left.shape, right.shape);
  const buffer = kernels().run(pair, f, left.buffer, right.buffer, plan);
  return { inputs: [left, right] as [Tensor, Tensor], shape: plan.shape, buffer };
}
