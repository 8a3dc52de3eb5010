import { expect } from "vitest";
import { Module } from "../../src/blocks";
import { type Kernels, kernels, referenceKernels, useKernels } from "../../src/kernels";
import { Tensor } from "../../src/tensor";
import { Gradients } from "../../src/tensor/internal";
import { opaqueKernels } from "./opaque-kernels";

export async function under<Result>(set: Kernels, f: () => Result | Promise<Result>): Promise<Result> {
  const before = kernels();
  useKernels(set);
  try {
    return await f();
  } finally {
    useKernels(before);
  }
}

/** The bytes of an array, in a form that is compared quickly: NaN equals itself, and −0 is not 0. */
export const bytesOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView): string =>
  Buffer.from(buffer, byteOffset, byteLength).toString("base64");

/** A result with all numbers read, wherever they are, as plain values to compare. */
export async function settled(value: unknown, seen = new Set<unknown>()): Promise<unknown> {
  const found = await value;
  if (typeof found === "function") return "a function";
  if (typeof found !== "object" || found === null) return found;
  if (ArrayBuffer.isView(found)) return bytesOf(found);
  if (seen.has(found)) return "seen before";
  seen.add(found);
  const all = async (parts: Iterable<unknown>) => {
    const list: unknown[] = [];
    for (const part of parts) list.push(await settled(part, seen));
    return list;
  };
  if (found instanceof Tensor) {
    if (!found.hasValues) return found.shape;
    return { shape: found.shape, bytes: bytesOf(await found.read()) };
  }
  if (found instanceof Gradients) return all(found);
  if (found instanceof Module) return all(found.parameters());
  if (Symbol.asyncIterator in found) {
    const list: unknown[] = [];
    for await (const part of found as AsyncIterable<unknown>) list.push(await settled(part, seen));
    return list;
  }
  if (Symbol.iterator in found) return all(found as Iterable<unknown>);
  return all(Object.entries(found));
}

/** What f gives on the reference kernels, and on a device that computes the same. */
export async function onBoth(f: () => unknown): Promise<{ wanted: unknown; found: unknown }> {
  const wanted = await under(referenceKernels, async () => settled(f()));
  const found = await under(opaqueKernels, async () => settled(f()));
  return { wanted, found };
}

/** f gives the same bits where no number can be looked at at once. f makes all its tensors itself. */
export async function expectSame(f: () => unknown): Promise<void> {
  const { wanted, found } = await onBoth(f);
  expect(found).toEqual(wanted);
}

/**
 * A value that tests share, made on the CPU and on the device; the current kernels decide which one a test gets. Made one
 * after the other, because the current kernels are global.
 */
export async function onEach<Value>(make: () => Value | Promise<Value>): Promise<() => Value> {
  const [here, there] = [await make(), await onDevice(make)];
  return () => (kernels() === opaqueKernels ? there : here);
}

/** Runs f on the device. */
export const onDevice = <Result>(f: () => Result | Promise<Result>): Promise<Result> => under(opaqueKernels, f);
