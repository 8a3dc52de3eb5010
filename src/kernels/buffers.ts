/**
 * Numbers that are stored outside JavaScript's memory, as on a graphics card. Only the kernels that made it know what
 * is inside.
 */
export interface DeviceBuffer {
  /** How many numbers it holds. */
  readonly length: number;
  /** The name of the kernels that it belongs to. */
  readonly device: string;
  /** A copy of the numbers. */
  read(): Promise<Float32Array>;
}

/**
 * Storage for the numbers of a tensor: a `Float32Array` on the CPU, a handle elsewhere. The floors above pass it on and
 * never look inside, which the compiler checks: neither can be indexed or cut without asking what it is.
 */
export type Buffer = Float32Array | DeviceBuffer;

/** Places that kernels found among numbers on a device. Other kernels of the device use them; nobody reads them. */
export interface DeviceIndices {
  readonly length: number;
  readonly device: string;
  readonly indices: true;
}

/** Places in a tensor: given by the caller, in JavaScript's memory, or found on a device. */
export type IndexBuffer = Int32Array | DeviceIndices;
