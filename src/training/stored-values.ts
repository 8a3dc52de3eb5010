import { describe, wrongKind } from "../checks";
import { ShapeError, Tensor } from "../tensor";
import { sameShape, sizeOf } from "../tensor/internal";

/** Values of a file, as `readSafetensors` returns them. */
export interface StoredValues {
  readonly shape: readonly number[];
  /** The numbers, rounded to float32 if they have more digits. */
  toFloat32(): Float32Array;
}

/** Tensors by name, in memory or from `readSafetensors(bytes).tensors`. */
export type StoredTensors = ReadonlyMap<string, Tensor | StoredValues>;

/** @throws TypeError unless it is a Map of tensors by name */
export function expectTensors(where: string, name: string, value: unknown): asserts value is StoredTensors {
  if (!(value instanceof Map)) throw wrongKind(where, name, "a Map of tensors by name", value);
  for (const [key, entry] of value)
    if (typeof key !== "string" || !(entry instanceof Tensor || isStored(entry)))
      throw new TypeError(`${where}: ${name} must contain tensors by name; ${describe(key)} is ${describe(entry)}`);
}

function isStored(value: unknown): value is StoredValues {
  const { shape, toFloat32 } = (value ?? {}) as Partial<StoredValues>;
  return Array.isArray(shape) && typeof toFloat32 === "function";
}

/** @throws ShapeError for another shape */
export function expectStoredShape<Stored extends Tensor | StoredValues>(
  where: string,
  name: string,
  stored: Stored,
  shape: readonly number[],
): Stored {
  if (sameShape(stored.shape, shape)) return stored;
  throw new ShapeError(
    `${where}: "${name}" has shape [${stored.shape.join(", ")}] but must have shape [${shape.join(", ")}]`,
  );
}

/** A copy of the values. @throws ShapeError for another shape; RangeError if one is not finite */
export function valuesOf(
  where: string,
  name: string,
  stored: Tensor | StoredValues,
  shape: readonly number[],
): Float32Array {
  expectStoredShape(where, name, stored, shape);
  const values = stored instanceof Tensor ? stored.data : stored.toFloat32();
  if (values.length !== sizeOf(shape))
    throw new ShapeError(`${where}: "${name}" holds ${values.length} numbers, which do not fill [${shape.join(", ")}]`);
  const wrong = values.find((value) => !Number.isFinite(value));
  if (wrong !== undefined) throw new RangeError(`${where}: "${name}" holds ${wrong}`);
  return values.slice();
}
