import {
  type DeviceBuffer,
  type DeviceIndices,
  type DeviceQuantized,
  type Kernels,
  referenceKernels,
} from "../../src/kernels";
import type { QuantizedCells } from "../../src/kernels/quantized";

const DEVICE = "opaque";

/** What handles stand for. Only these kernels and `read` look into it. */
const contents = new WeakMap<object, Float32Array | Int32Array | QuantizedCells>();

class Handle implements DeviceBuffer {
  readonly length: number;
  readonly device = DEVICE;

  constructor(numbers: Float32Array) {
    this.length = numbers.length;
    contents.set(this, numbers);
  }

  async read(): Promise<Float32Array> {
    // As on a device, the answer comes later.
    await new Promise((resolve) => setImmediate(resolve));
    return (contents.get(this) as Float32Array).slice();
  }
}

const isPlain = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;

/** An argument for the reference, with what its handles stand for. Numbers must come as handles. */
function opened(value: unknown): unknown {
  if (value instanceof Float32Array) throw new TypeError("the kernels of a device were given a Float32Array");
  if (typeof value === "object" && value !== null && contents.has(value)) return contents.get(value);
  if (Array.isArray(value)) return value.map(opened);
  if (!isPlain(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, opened(part)]));
}

/** A result of the reference, with its numbers behind handles. */
function closed(value: unknown): unknown {
  if (value instanceof Float32Array) return new Handle(value);
  if (value instanceof Int32Array) return indexHandle(value);
  if (Array.isArray(value)) return value.map(closed);
  if (!isPlain(value)) return value;
  if ("cells" in value) return quantizedHandle(value as unknown as QuantizedCells);
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, closed(part)]));
}

function indexHandle(places: Int32Array): DeviceIndices {
  const handle = { length: places.length, device: DEVICE, indices: true } as const;
  contents.set(handle, places);
  return handle;
}

function quantizedHandle(matrix: QuantizedCells): DeviceQuantized {
  const { format, rows, columns } = matrix;
  const handle = { format, rows, columns, device: DEVICE };
  contents.set(handle, matrix);
  return handle;
}

// biome-ignore lint/suspicious/noExplicitAny: the methods of Kernels differ in all their arguments
type Run = (...args: any[]) => any;

const behindHandles =
  (run: Run): Run =>
  (...args) =>
    closed(run(...args.map(opened)));

const methods = Object.entries(referenceKernels).map(([name, part]) => [
  name,
  typeof part === "function" ? behindHandles(part) : part,
]);
const { words, normal, choosePlaces } = referenceKernels;

/**
 * The reference behind opaque handles: what a device is to the floors above. No number comes out but by `read`, none
 * goes in but by `upload` and `keep`.
 */
export const opaqueKernels: Kernels<DeviceBuffer> = {
  ...Object.fromEntries(methods),
  ...{ name: DEVICE, words, normal, choosePlaces },
  holds: (buffer) => buffer instanceof Handle,
  upload: (numbers) => new Handle(numbers.slice()),
  keep: (numbers) => new Handle(numbers.slice()),
  room: () => undefined,
  run: ({ reference }, ...args) => behindHandles((...given) => Reflect.apply(reference, undefined, given))(...args),
};
