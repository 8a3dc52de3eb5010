import type { NestedArray, Shape } from "./shape-types";

/** Numbers as nested arrays of a shape; one number at rank 0. */
export function nest(data: ArrayLike<number>, shape: Shape): NestedArray {
  if (shape.length === 0) return data[0]!;
  let next = 0;
  const level = (axis: number): NestedArray => {
    const list: NestedArray[] = [];
    const isLast = axis === shape.length - 1;
    for (let i = 0; i < shape[axis]!; i++) list.push(isLast ? data[next++]! : level(axis + 1));
    return list;
  };
  return level(0);
}
