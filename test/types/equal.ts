import type { Shape, Tensor } from "../../src/tensor";

/** Whether two shapes are the same: each is assignable to the other. Whether the tuples are readonly does not matter. */
type Same<A extends Shape, B extends Shape> = [readonly [...A], readonly [...B]] extends [
  readonly [...B],
  readonly [...A],
]
  ? true
  : false;

/** Compiles only if the tensor has exactly this shape. */
export const expectShape = <const Wanted extends Shape>() => ({
  of: <Found extends Shape>(
    _: Tensor<Found>,
    ..._same: Same<Found, Wanted> extends true ? [] : [wanted: Wanted, found: Found]
  ): void => {},
});

/** The helper itself tells shapes apart. */
export function helper(matrix: Tensor<[2, 3]>, rows: Tensor<[number, 3]>, unknown: Tensor) {
  expectShape<[2, 3]>().of(matrix);
  expectShape<[number, 3]>().of(rows);
  expectShape<Shape>().of(unknown);
  // @ts-expect-error another size
  expectShape<[2, 4]>().of(matrix);
  // @ts-expect-error another rank
  expectShape<[2, 3, 1]>().of(matrix);
  // @ts-expect-error a size that is not known
  expectShape<[2, 3]>().of(rows);
  // @ts-expect-error a size that is known
  expectShape<[number, 3]>().of(matrix);
  // @ts-expect-error a rank that is not known
  expectShape<[2, 3]>().of(unknown);
  // @ts-expect-error a rank that is known
  expectShape<Shape>().of(matrix);
}
