import type { Buffer, IndexBuffer } from "./buffers";
import type { Flavor } from "./specs";

/**
 * A primitive beside the methods of `Kernels`: its plain form, its form in WebAssembly and a name. `Kernels.run` runs it,
 * so that a page bundles only those that it calls. Another implementation may have a form of its own under the same name.
 */
export interface Primitive<Arguments extends readonly unknown[], Result> {
  readonly name: string;
  /** Defines what is right. On the CPU every buffer is a Float32Array, and implementations may say so. */
  reference(...args: Arguments): Result;
  /** The form in vector instructions, if there is one; undefined for arguments that are left to the reference. */
  wasm?(flavor: Flavor, ...args: Arguments): Result | undefined;
}

/** The result of a primitive, with every buffer as an implementation stores numbers. */
export type Stored<Result, Numbers> = Result extends Buffer
  ? Numbers
  : Result extends IndexBuffer
    ? Numbers extends Float32Array
      ? Int32Array
      : Result
    : Result extends (infer One)[]
      ? Stored<One, Numbers>[]
      : Result extends Record<string, unknown>
        ? { [Name in keyof Result]: Stored<Result[Name], Numbers> }
        : Result;
