import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readSafetensors, safetensorsParts, type WritableTensor, writeSafetensors } from "../../../src/checkpoint";
import { ShapeError } from "../../../src/errors";
import { hasPublished, published } from "../../published";

const fixture = (path: string) => readFileSync(new URL(`../../fixtures/${path}`, import.meta.url));
const stories = "stories260K/hf/model.safetensors";

/** Reads a file and writes its float32 tensors again, in another order. */
function again(bytes: Uint8Array, metadata?: Record<string, string>): Uint8Array {
  const { tensors } = readSafetensors(bytes);
  const entries = [...tensors].map(([name, tensor]): [string, WritableTensor] => [
    name,
    { shape: tensor.shape, data: tensor.toFloat32() },
  ]);
  return writeSafetensors(new Map(entries.reverse()), metadata ?? readSafetensors(bytes).metadata);
}

const tensorArbitrary = fc
  .array(fc.nat({ max: 3 }), { maxLength: 4 })
  .chain((shape) => {
    const length = shape.reduce((product, size) => product * size, 1);
    return fc.tuple(fc.constant(shape), fc.float32Array({ minLength: length, maxLength: length }));
  })
  .map(([shape, data]) => ({ shape, data }));

const textArbitrary = fc.string({ unit: "binary", maxLength: 12 }).filter((text) => !/\p{Surrogate}/u.test(text));

describe("writeSafetensors", () => {
  it.each(["checkpoint/metadata", "checkpoint/names", "checkpoint/empty-metadata", "models/gpt2/model"])(
    "writes the bytes that Python writes: %s",
    (name) => {
      const bytes = fixture(`${name}.safetensors`);
      expect(Buffer.compare(again(bytes), bytes)).toBe(0);
    },
  );

  it("writes the bytes that Python writes without metadata", () => {
    const empty = fixture("checkpoint/empty.safetensors");
    expect(Buffer.compare(writeSafetensors({}), empty)).toBe(0);
    const { tensors } = readSafetensors(fixture("checkpoint/shapes.safetensors"));
    const record = Object.fromEntries(
      [...tensors].map(([name, { shape, toFloat32 }]) => [name, { shape, data: toFloat32() }]),
    );
    expect(Buffer.compare(writeSafetensors(record), fixture("checkpoint/shapes.safetensors"))).toBe(0);
  });

  it.skipIf(!hasPublished(stories))("gives a published file back, byte for byte", () => {
    const bytes = readFileSync(published(stories));
    expect(Buffer.compare(again(bytes), bytes)).toBe(0);
  });

  it("writes, reads and writes the same bytes for any tensors and metadata", () => {
    const tensors = fc.array(fc.tuple(textArbitrary, tensorArbitrary), { maxLength: 6 });
    const metadata = fc.array(fc.tuple(textArbitrary, textArbitrary), { maxLength: 3 });
    fc.assert(
      fc.property(tensors, metadata, (entries, fields) => {
        const written = writeSafetensors(new Map(entries), Object.fromEntries(fields));
        expect(Buffer.compare(again(written, readSafetensors(written).metadata), written)).toBe(0);
        for (const [name, { shape, data }] of new Map(entries)) {
          const read = readSafetensors(written).tensors.get(name);
          expect(read?.shape).toEqual(shape);
          expect(new Uint32Array(read?.toFloat32().slice().buffer ?? [])).toEqual(new Uint32Array(data.slice().buffer));
        }
      }),
      { numRuns: 200, seed: 1 },
    );
  });

  it("writes a view of a longer array", () => {
    const data = Float32Array.of(0, 1, 2, 3).subarray(1, 3);
    const { tensors } = readSafetensors(writeSafetensors({ x: { shape: [2], data } }));
    expect([...(tensors.get("x")?.toFloat32() ?? [])]).toEqual([1, 2]);
  });

  const data = Float32Array.of(1, 2);
  it.each<[string, () => Uint8Array, new () => Error, RegExp]>([
    [
      "values missing",
      () => writeSafetensors({ x: { shape: [3], data } }),
      ShapeError,
      /"x" has shape \[3\], which needs 3 values/,
    ],
    ["a fraction", () => writeSafetensors({ x: { shape: [0.5, 4], data } }), ShapeError, /integers ≥ 0/],
    ["a negative length", () => writeSafetensors({ x: { shape: [-1, -2], data } }), ShapeError, /integers ≥ 0/],
    [
      "the metadata's name",
      () => writeSafetensors({ __metadata__: { shape: [2], data } }),
      RangeError,
      /the format reserves for metadata; rename it/,
    ],
    ["half a character", () => writeSafetensors({ "\ud800": { shape: [2], data } }), RangeError, /surrogate/],
    ["half a character in metadata", () => writeSafetensors({}, { a: "\udc00" }), RangeError, /"a".*surrogate/],
    [
      "numbers",
      // @ts-expect-error numbers are not a Float32Array
      () => writeSafetensors({ x: { shape: [2], data: [1, 2] } }),
      TypeError,
      /"x" needs a Float32Array as its data/,
    ],
    // @ts-expect-error metadata values are strings
    ["metadata that is a number", () => writeSafetensors({}, { step: 1 }), TypeError, /"step" must be a string/],
  ])("refuses %s", (_, write, kind, message) => {
    expect(write).toThrow(kind);
    expect(write).toThrow(message);
  });

  it("gives the same bytes in parts, and their length before the first is made", () => {
    const tensors = { b: { shape: [2], data }, a: { shape: [], data: data.slice(1), dtype: "F16" as const } };
    const { length, parts } = safetensorsParts(tensors, { made: "here" });
    const whole = writeSafetensors(tensors, { made: "here" });
    expect(length).toBe(whole.length);
    expect([...parts].flatMap((part) => [...part])).toEqual([...whole]);
  });
});
