/**
 * A number may stand for any operand of an operation of several. Nothing here runs; `tsc` is the test.
 */
import {
  add,
  clamp,
  divide,
  equal,
  greater,
  greaterEqual,
  less,
  lessEqual,
  matmul,
  maximum,
  minimum,
  multiply,
  notEqual,
  power,
  type Shape,
  subtract,
  type Tensor,
  where,
  zeros,
} from "../../src/tensor";
import { expectShape } from "./equal";

type Hidden = Tensor<[batch: number, seq: number, dModel: number]>;

export function numbers(unknown: Tensor, hidden: Hidden, either: Tensor | number, x: Tensor<[2, 3]>) {
  for (const f of [add, subtract, multiply, divide, power, maximum, minimum])
    expectShape<Shape>().of(f(either, either));
  for (const f of [equal, notEqual, less, lessEqual, greater, greaterEqual]) expectShape<Shape>().of(f(either, either));
  expectShape<[2, 3]>().of(add(1, x));
  expectShape<[2, 3]>().of(subtract(1, x));
  expectShape<[2, 3]>().of(multiply(2, x));
  expectShape<[2, 3]>().of(divide(1, x));
  expectShape<[2, 3]>().of(power(2, x));
  expectShape<[2, 3]>().of(power(x, 2));
  expectShape<[2, 3]>().of(maximum(0, x));
  expectShape<[2, 3]>().of(minimum(x, 0));
  expectShape<[2, 3]>().of(equal(1, x));
  expectShape<[2, 3]>().of(greaterEqual(x, 1));
  expectShape<[]>().of(subtract(1, 2));
  expectShape<[]>().of(less(1, 2));
  expectShape<[number, number, number]>().of(subtract(1, hidden));
  expectShape<Shape>().of(divide(1, unknown));
  expectShape<[2, 3]>().of(where(x, 1, 0));
  expectShape<[2, 3]>().of(where(1, x, 0));
  expectShape<[2, 3]>().of(where(x, 0, zeros([3])));
  expectShape<[]>().of(where(1, 2, 3));
  expectShape<[]>().of(clamp(2, { minimum: 0 }));
  expectShape<[2, 3]>().of(clamp(2, { minimum: x }));
  expectShape<[2, 3]>().of(clamp(x, { minimum: 0, maximum: zeros([]) }));
  // @ts-expect-error a product of matrices takes no number
  matmul(2, x);
  // @ts-expect-error a string is no number
  add("1", x);
}
