import { type Mask, ShapeError, slice, Tensor } from "../tensor";

/**
 * The part of a mask or a bias that belongs to the last `keys` of all keys, where a cache has dropped the others.
 *
 * @throws ShapeError unless it is for all of them
 */
export function lastKeys<Value extends Mask | undefined>(name: string, value: Value, all: number, keys: number): Value;
export function lastKeys(name: string, value: Mask | undefined, all: number, keys: number): Mask | undefined {
  if (keys === all || value === undefined || value === "causal") return value;
  const isTensor = value instanceof Tensor;
  const sizes = isTensor ? [value.shape.at(-1) ?? 1] : value.map((row) => row.length);
  const wrong = sizes.find((size) => size !== all && !(isTensor && size === 1));
  if (wrong !== undefined)
    throw new ShapeError(`attention: the ${name} is for ${wrong} keys; there are ${all}, those in the cache included`);
  if (!isTensor) return value.map((row) => row.slice(all - keys));
  return value.shape.at(-1) === all ? slice(value, { axis: -1, start: all - keys }) : value;
}
