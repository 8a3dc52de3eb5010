import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { readGguf } from "../../../src/checkpoint";
import { FormatError } from "../../../src/errors";

const fixture = (name: string) =>
  new Uint8Array(readFileSync(new URL(`../../fixtures/checkpoint/${name}`, import.meta.url)));

interface Expected {
  metadata: [string, unknown][];
  tensors: Record<
    string,
    { dtype: string; shape: number[]; offset: number; bytes: number; values?: (number | string)[] }
  >;
}

const files = Object.entries(JSON.parse(new TextDecoder().decode(fixture("gguf.json"))) as Record<string, Expected>);

/** As the fixture writes what JSON has no number for. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value === "bigint") return String(value);
  return value === Infinity ? "inf" : value === -Infinity ? "-inf" : value;
}

describe.each(files)("%s is read as Python reads it", (name, expected) => {
  const read = () => readGguf(fixture(name));

  it("with its keys and values in order", () => {
    const file = read();
    expect(file.version).toBe(name === "version-2.gguf" ? 2 : 3);
    const found = Object.entries(file.metadata).filter(([key]) => key !== "array.nested");
    expect(found.map(([key, value]) => [key, plain(value)])).toEqual(expected.metadata);
  });

  it("with the names, dtypes, shapes and bytes of its tensors", () => {
    const found = [...read().tensors].map(([name, { dtype, shape, bytes }]) => [
      name,
      { dtype, shape, offset: bytes.byteOffset, bytes: bytes.length },
    ]);
    const wanted = Object.entries(expected.tensors).map(([name, { values: _, ...entry }]) => [name, entry]);
    expect(found).toEqual(wanted);
  });

  it("with its numbers as float32", () => {
    const { tensors } = read();
    for (const [name, { dtype, values }] of Object.entries(expected.tensors)) {
      const tensor = tensors.get(name);
      if (values === undefined) {
        const message = new RegExp(
          `tensor "${name}": found dtype ${dtype}, expected a dtype that converts to float32: .* Q8_0`,
        );
        expect(() => tensor?.toFloat32()).toThrow(message);
      } else {
        const numbers = values.map((value) => (value === "inf" ? Infinity : Math.fround(Number(value))));
        expect([...(tensor?.toFloat32() ?? [])], name).toEqual(numbers);
      }
    }
  });
});

it("readGguf reads arrays in arrays", () => {
  expect(readGguf(fixture("values.gguf")).metadata["array.nested"]).toEqual([[["a"], ["b", "c"]], [["d"]]]);
});

it("readGguf decodes an array once, and only if it is read", () => {
  const { metadata } = readGguf(fixture("values.gguf"));
  expect(Object.getOwnPropertyDescriptor(metadata, "array.string")?.get).toBeDefined();
  expect(metadata["array.string"]).toBe(metadata["array.string"]);
  expect(Object.hasOwn(metadata, "__proto__")).toBe(true);
});

it("readGguf reads any Uint8Array, and copies no float32 numbers", () => {
  const bytes = fixture("shapes.gguf");
  expect(readGguf(bytes).tensors.get("deep")?.toFloat32().buffer).toBe(bytes.buffer);
  const shifted = Buffer.concat([Uint8Array.of(0), bytes]).subarray(1);
  expect([...(readGguf(shifted).tensors.get("deep")?.toFloat32() ?? [])].slice(0, 3)).toEqual([0, 1, 2]);
});

it("readGguf refuses anything but a Uint8Array", () => {
  // @ts-expect-error an ArrayBuffer is not accepted
  expect(() => readGguf(new ArrayBuffer(16))).toThrow(/readGguf: bytes must be a Uint8Array/);
});

/** Little-endian bytes: a number is 4 bytes, a bigint 8, a text its length and UTF-8. */
function bytesOf(...parts: (number | bigint | string | Uint8Array)[]): Uint8Array {
  const pieces = parts.map((part) => {
    if (part instanceof Uint8Array) return part;
    if (typeof part === "number") return new Uint8Array(Uint32Array.of(part).buffer);
    if (typeof part === "bigint") return new Uint8Array(BigUint64Array.of(part).buffer);
    const text = new TextEncoder().encode(part);
    return bytesOf(BigInt(text.length), text);
  });
  return Uint8Array.from(pieces.flatMap((piece) => [...piece]));
}

const magic = new TextEncoder().encode("GGUF");
const start = (tensors: bigint, keys: bigint, version = 3) => bytesOf(magic, version, tensors, keys);
const padded = (bytes: Uint8Array, data = 0) => {
  const length = Math.ceil(bytes.length / 32) * 32 + data;
  return bytesOf(bytes, new Uint8Array(length - bytes.length));
};
/** One tensor of two floats, with parts of its entry replaced. */
const tensor = (dimensions: (number | bigint)[], type = 0, offset = 0n, data = 32, name = "x") =>
  padded(bytesOf(start(1n, 0n), name, ...dimensions, type, offset), data);
const HUGE = 2n ** 63n;

it("readGguf reads a tensor without elements, for which the file has no data", () => {
  const bytes = bytesOf(start(1n, 0n), "x", 2, 0n, 3n, 0, 0n);
  expect(readGguf(bytes).tensors.get("x")).toMatchObject({ shape: [3, 0], bytes: new Uint8Array() });
});

describe("a malformed file", () => {
  const two = (second: (number | bigint | string)[], data = 64) =>
    padded(bytesOf(start(2n, 0n), "x", 1, 2n, 0, 0n, ...second), data);
  const hostile: [string, Uint8Array, RegExp][] = [
    [
      "no bytes",
      new Uint8Array(0),
      /the header, byte 0: found 0 bytes before the end of the file, expected at least 4/,
    ],
    ["another format", bytesOf(new TextEncoder().encode("GGML"), 3), /the header, byte 0: found "GGML"/],
    ["version 1", start(0n, 0n, 1), /the version, byte 4: found 1, expected 2 or 3/],
    ["a big-endian file", start(0n, 0n, 0x03000000), /found 50331648, expected 2 or 3; big-endian/],
    [
      "more tensors than bytes",
      start(HUGE, 0n),
      /number of tensors, byte 8: found a count of 9223372036854775808, expected at most 0/,
    ],
    ["more keys than bytes", start(0n, 1n), /number of metadata keys, byte 16: found a count of 1, expected at most 0/],
    ["a key longer than the file", bytesOf(start(0n, 1n), HUGE, 0, 0), /metadata key 0, byte 24: found a count of/],
    [
      "a key that is not UTF-8",
      bytesOf(start(0n, 1n), 1n, Uint8Array.of(0xff), 8, "text"),
      /key 0, byte 32: found invalid UTF-8/,
    ],
    ["a key twice", bytesOf(start(0n, 2n), "k", 4, 1, "k", 4, 1), /metadata "k", byte 41: found a duplicate key/],
    ["a value of type 13", bytesOf(start(0n, 1n), "k", 13, 1n), /metadata "k", byte 37: found a value of type 13/],
    ["no value", bytesOf(start(0n, 1n), "key", 4), /metadata "key", byte 39: found 0 bytes/],
    ["half a boolean", bytesOf(start(0n, 1n), "k", 7, 2), /metadata "k", byte 37: found 2 as a boolean, expected 0 or/],
    ["a text longer than the file", bytesOf(start(0n, 1n), "k", 8, HUGE), /metadata "k", byte 37: found a count of/],
    [
      "an array longer than the file",
      bytesOf(start(0n, 1n), "k", 9, 4, HUGE),
      /metadata "k", byte 41: found a count of 9223372036854775808, expected at most 0 in the 0 remaining bytes/,
    ],
    [
      "an array of texts longer than the file",
      bytesOf(start(0n, 1n), "k", 9, 8, 2n, "a", HUGE),
      /metadata "k"\[1\], byte 58: found a count of 9223372036854775808/,
    ],
    ["an array of type 13", bytesOf(start(0n, 1n), "k", 9, 13, 0n), /metadata "k", byte 37: found a value of type 13/],
    [
      "arrays in arrays without end",
      bytesOf(start(0n, 1n), "k", 9, ...Array.from({ length: 20_000 }, () => bytesOf(9, 1n))),
      /found deeper nesting, expected at most 16/,
    ],
    [
      "an alignment of 24",
      bytesOf(start(0n, 1n), "general.alignment", 4, 24),
      /metadata "general.alignment": found 24/,
    ],
    ["an alignment of 0", bytesOf(start(0n, 1n), "general.alignment", 4, 0), /found 0, expected a power of two/],
    ["an alignment as text", bytesOf(start(0n, 1n), "general.alignment", 8, "32"), /found 32, expected a power/],
    ["an alignment as array", bytesOf(start(0n, 1n), "general.alignment", 9, 4, 1n, 32), /found an array, expected/],
    [
      "a name longer than the file",
      padded(bytesOf(start(1n, 0n), HUGE, 1), 32),
      /name of tensor 0, byte 24: found a count of/,
    ],
    ["a name twice", two(["x", 1, 2n, 0, 32n]), /tensor "x", byte 57: found a duplicate name/],
    ["five dimensions", tensor([5, 1n, 1n, 1n, 1n, 1n]), /tensor "x", byte 33: found 5 dimensions, expected at most 4/],
    ["four billion dimensions", tensor([2 ** 32 - 1]), /found 4294967295 dimensions/],
    ["a dimension beyond 2⁵³", tensor([1, HUGE]), /tensor "x", byte 37: found 9223372036854775808, expected a number/],
    [
      "a product beyond 2⁵³",
      tensor([2, 2n ** 32n, 2n ** 32n]),
      /tensor "x", byte 33: found shape \[4294967296, 4294967296\] of F32, expected fewer than 2⁵³ bytes/,
    ],
    ["a product that comes back", tensor([3, 2n ** 40n, 2n ** 40n, 0n]), /expected fewer than 2⁵³ bytes/],
    ["bytes beyond 2⁵³", tensor([1, 2n ** 52n]), /expected fewer than 2⁵³ bytes/],
    ["an unknown type", tensor([1, 2n], 4), /tensor "x", byte 45: found type 4, expected one of the types F32, F16/],
    [
      "half a block",
      tensor([1, 48n], 8),
      /found shape \[48\] of Q8_0, expected a last dimension that is a multiple of 32/,
    ],
    [
      "an offset beyond the file",
      tensor([1, 2n], 0, HUGE),
      /tensor "x", byte 49: found 9223372036854775808, expected a/,
    ],
    [
      "an offset of 32 for the first",
      tensor([1, 2n], 0, 32n, 64),
      /"x", byte 49: found offset 32, expected 0, the end of the previous tensor/,
    ],
    ["an end beyond the file", tensor([1, 2n], 0, 0n, 4), /"x", byte 49: found bytes 64 to 72, expected an end within/],
    [
      "a huge tensor in a small file",
      tensor([1, 2n ** 40n]),
      /found bytes 64 to 4398046511168, expected an end within/,
    ],
    [
      "misaligned",
      two(["y", 1, 2n, 0, 8n]),
      /tensor "y", byte 82: found offset 8, expected 32, the end of the previous tensor/,
    ],
    ["an overlap", two(["y", 1, 2n, 0, 0n]), /tensor "y", byte 82: found offset 0, expected 32/],
    ["a hole", two(["y", 1, 2n, 0, 64n], 128), /tensor "y", byte 82: found offset 64, expected 32/],
  ];

  it.each(hostile)("is refused, and the message says where: %s", (_, bytes, message) => {
    const read = () => readGguf(bytes, { file: "model.gguf" });
    expect(read).toThrow(FormatError);
    expect(read).toThrow(/^model\.gguf: /);
    expect(read).toThrow(message);
  });

  it("is refused for text in an array that is not UTF-8 once the array is read", () => {
    const array = bytesOf(9, 8, 2n, "a", 1n, Uint8Array.of(0xff));
    const { metadata } = readGguf(bytesOf(start(0n, 1n), "k", array));
    expect(() => metadata.k).toThrow(/metadata "k"\[1\], byte 66: found invalid UTF-8/);
    expect(() => metadata.k).toThrow(FormatError);
  });

  it("keeps the message short where a name is long", () => {
    const read = () => readGguf(bytesOf(start(0n, 1n), "x".repeat(1e5), 13, 0n));
    expect(read).toThrow(expect.objectContaining({ message: expect.stringMatching(/^.{1,400}$/s) }));
  });

  it.each(["values.gguf", "shapes.gguf"])("is refused wherever it is cut: %s", (name) => {
    const bytes = fixture(name);
    const end = name === "values.gguf" ? endOfMetadata : bytes.length - 40;
    for (let length = 0; length < end; length++) {
      expect(() => readGguf(bytes.subarray(0, length)), String(length)).toThrow(FormatError);
    }
    expect(() => readGguf(bytes.subarray(0, end))).not.toThrow();
  });

  it.each(["values.gguf", "shapes.gguf"])(
    "with any one byte changed is read within its bytes or refused: %s",
    (name) => {
      const bytes = fixture(name);
      for (let index = 0; index < bytes.length; index++) {
        for (const flip of [1, 2, 16, 128, 255]) {
          const changed = bytes.slice();
          changed[index] = (changed[index] as number) ^ flip;
          try {
            const { tensors, metadata } = readGguf(changed);
            for (const { bytes: view } of tensors.values()) {
              expect(view.byteOffset + view.length).toBeLessThanOrEqual(bytes.length);
            }
            Object.values(metadata);
          } catch (error) {
            expect(error).toBeInstanceOf(FormatError);
          }
        }
      }
    },
  );
});

/** values.gguf ends in padding, which a file without tensors need not have. */
const endOfMetadata = fixture("values.gguf").findLastIndex((byte) => byte !== 0) + 1;
