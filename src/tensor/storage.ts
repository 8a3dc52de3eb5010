import { ShapeError } from "../errors";
import { type Buffer, type DeviceBuffer, kernels, type Quantized } from "../kernels";
import { device, type QuantizedFactor, type quantizedLayers } from "../kernels/internal";
import { sizeOf } from "./shape";
import type { Shape } from "./shape-types";

/** What this file needs of a tensor. */
interface Held {
  readonly shape: Shape;
  readonly data: Float32Array;
  readonly quantized: Quantized | undefined;
  describe(): string;
}

/** The numbers of a tensor in JavaScript's memory. @throws TypeError if they are on a device; ShapeError if it was changed */
export function numbersOf(x: Held): Float32Array {
  const { data } = x;
  if (data.length !== sizeOf(x.shape)) throw changed(x, data.length);
  return data;
}

/** A place on a device. */
export interface Elsewhere {
  readonly device: string;
  /** The numbers there. A quantized parameter's are computed each time. */
  buffer(): DeviceBuffer;
}

const elsewhere = new WeakMap<object, Elsewhere>();

/** The place of a tensor's numbers if they are on a device. */
export const elsewhereOf = (x: Held): Elsewhere | undefined => elsewhere.get(x);

/**
 * Stores a tensor's numbers on a device. Tensors on the CPU keep their fast own property and getter. `data` stays an own
 * property, so that an equality assertion or `structuredClone` gets an error and no wrong answer.
 */
export function holdElsewhere(x: Held, place: Elsewhere): void {
  elsewhere.set(x, place);
  Object.defineProperties(x, onDevice);
}

const onDevice: PropertyDescriptorMap & ThisType<Held> = {
  data: {
    get(): never {
      throw new TypeError(
        `Tensor ${this.describe()} is on ${elsewhere.get(this)?.device}, so its numbers cannot be read synchronously; use await tensor.read()`,
      );
    },
    enumerable: true,
    configurable: true,
  },
  buffer: {
    get(): DeviceBuffer {
      const found = elsewhere.get(this)!.buffer();
      if (found.length !== sizeOf(this.shape)) throw changed(this, found.length);
      if (!kernels().holds(found)) throw notHeld(this, found.device);
      return found;
    },
    configurable: true,
  },
};

/** Stores a tensor's numbers in JavaScript's memory, by a descriptor of `data`. */
export function holdHere(x: Held, data: PropertyDescriptor): void {
  if (elsewhere.delete(x)) Reflect.deleteProperty(x, "buffer");
  Object.defineProperty(x, "data", data);
}

/** What works on quantized values. */
export interface QuantizedOperations {
  multiply(x: Buffer, matrix: Quantized, rows: number, bias?: Buffer): Buffer;
  multiplyByEach(x: Buffer, factors: readonly QuantizedFactor[], rows: number): Buffer[];
  /** Rows of a matrix as float32; all if `ids` is omitted. */
  rows(matrix: Quantized, ids?: Int32Array): Buffer;
  /** What `encodeLayer` needs for them. */
  layers: typeof quantizedLayers;
}

let quantizedOperations: QuantizedOperations | undefined;

/** Whoever quantizes brings the operations, so that pages without quantized values leave them out. */
export const bringQuantized = (operations: QuantizedOperations): void => {
  quantizedOperations = operations;
};

/** What works on quantized values: whoever made some has brought it. */
export const onQuantized = (): QuantizedOperations => quantizedOperations!;

/** The quantized values of a parameter. @throws TypeError if the current kernels cannot work on them */
export function quantizedOf(x: Held): Quantized | undefined {
  const { quantized } = x;
  if (quantized === undefined) return undefined;
  const place = "device" in quantized ? quantized.device : undefined;
  if (place !== device?.name) throw notHeld(x, place);
  return quantized;
}

/** The error for a tensor that the current kernels cannot work on. */
export const notHeld = (x: Held, place = "the CPU"): TypeError =>
  new TypeError(
    `Tensor ${x.describe()} is on ${place}, but the current kernels are ${kernels().name}; move it with tensor(await x.read(), x.shape), or parameter.assign(await parameter.read())`,
  );

/** The error for a tensor whose shape or data was changed. */
export function changed(x: Held, length: number): Error {
  if (length > 0)
    return new ShapeError(
      `Tensor ${x.describe()}: its data has ${length} numbers: the shape or the data was changed; make a new tensor`,
    );
  return new TypeError(`Tensor ${x.describe()}: its data was transferred elsewhere; transfer a copy, data.slice()`);
}
