import fc from "fast-check";
import { expect } from "vitest";

// The same cases every day; `SEED=2 npm test` draws others.
fc.configureGlobal({ seed: Number(process.env.SEED ?? 1) });

/** Compares arrays of equal bytes at once: number by number, large ones take most of the time of a test. */
expect.addEqualityTesters([
  (a, b) => {
    if (!ArrayBuffer.isView(a) || !ArrayBuffer.isView(b) || a.constructor !== b.constructor) return undefined;
    return bytesIn(a).equals(bytesIn(b)) || undefined;
  },
]);

const bytesIn = ({ buffer, byteOffset, byteLength }: ArrayBufferView): Buffer =>
  Buffer.from(buffer, byteOffset, byteLength);
