import type { NestedArray, Shape } from "./shape-types";

/** Numbers as nested arrays of a shape; one number at rank 0. */
export function nest(data: ArrayLike<number>, shape: Shape): NestedArray {
  let next = 0;
  const level = (axis: number): NestedArray =>
    axis === shape.length ? data[next++]! : Array.from({ length: shape[axis]! }, () => level(axis + 1));
  return level(0);
}
