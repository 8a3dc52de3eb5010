import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { readSafetensors, writeSafetensors } from "../../../src/checkpoint";
import { FormatError } from "../../../src/errors";
import { hasPublished, published } from "../../published";

const fixture = (name: string) => readFileSync(new URL(`../../fixtures/checkpoint/${name}`, import.meta.url));

/** A file of this header and `data` bytes of zeros. */
function fileOf(header: string | Uint8Array, data = 0, length?: bigint): Uint8Array {
  const text = typeof header === "string" ? new TextEncoder().encode(header) : header;
  const bytes = new Uint8Array(8 + text.length + data);
  new DataView(bytes.buffer).setBigUint64(0, length ?? BigInt(text.length), true);
  bytes.set(text, 8);
  return bytes;
}

const entry = (shape: string, begin: number | string, end: number | string, dtype = "F32") =>
  `{"dtype":"${dtype}","shape":${shape},"data_offsets":[${begin},${end}]}`;

describe("readSafetensors", () => {
  const expected: Record<string, (number | string)[]> = JSON.parse(fixture("expected.json").toString());

  it.each(Object.entries(expected))("reads Python's %s values as PyTorch's float32", (name, values) => {
    const { tensors } = readSafetensors(fixture("dtypes.safetensors"));
    const found = tensors.get(name)?.toFloat32() ?? [];
    expect([...found].map((value) => Math.fround(value))).toEqual(
      values.map((value) => (value === "inf" ? Infinity : value === "-inf" ? -Infinity : Math.fround(Number(value)))),
    );
  });

  it("reads NaN in float16 and bfloat16", () => {
    const header = `{"h":${entry("[2]", 0, 4, "F16")},"b":${entry("[2]", 4, 8, "BF16")}}`;
    const bytes = fileOf(header, 8);
    bytes.set([0x01, 0x7c, 0x00, 0xfe, 0xc0, 0x7f, 0x81, 0xff], 8 + header.length);
    const { tensors } = readSafetensors(bytes);
    expect([...(tensors.get("h")?.toFloat32() ?? [])]).toEqual([Number.NaN, Number.NaN]);
    expect([...(tensors.get("b")?.toFloat32() ?? [])]).toEqual([Number.NaN, Number.NaN]);
  });

  it("keeps every name, even those of an object's own properties", () => {
    const { tensors, metadata } = readSafetensors(fixture("names.safetensors"));
    const names = ["", "\n\t\b\f\r\x01\x1f\x7f", "10", "9", "__proto__", "constructor", 'quote"\\', "toString", "é"];
    expect([...tensors.keys()]).toEqual([...names, "\uffff", "\u{1f600}"]);
    expect(tensors.get("__proto__")?.shape).toEqual([1, 0]);
    expect(metadata).toEqual({ 'k"ey': "vålue\n\u2028" });
    const own = readSafetensors(fileOf('{"__metadata__":{"__proto__":"x"}}')).metadata;
    expect(Object.entries(own)).toEqual([["__proto__", "x"]]);
  });

  it("reads scalars and tensors without elements", () => {
    const { tensors } = readSafetensors(fixture("shapes.safetensors"));
    const shapes = [...tensors].map(([name, { shape, bytes }]) => [name, shape, bytes.length]);
    expect(shapes.sort()).toEqual([
      ["deep", [1, 2, 1, 3], 24],
      ["hollow", [3, 0, 2], 0],
      ["none", [0], 0],
      ["scalar", [], 4],
    ]);
  });

  it("views aligned float32 data and copies it where it is not aligned", () => {
    const file = writeSafetensors({ x: { shape: [3], data: Float32Array.of(1, 2, 3) } });
    const aligned = readSafetensors(file).tensors.get("x");
    expect(aligned?.toFloat32().buffer).toBe(file.buffer);
    const shifted = new Uint8Array(file.length + 1);
    shifted.set(file, 1);
    for (const bytes of [shifted.subarray(1), Buffer.from(shifted.buffer, 1)]) {
      const x = readSafetensors(bytes).tensors.get("x");
      expect(x?.bytes.buffer).toBe(shifted.buffer);
      expect([...(x?.toFloat32() ?? [])]).toEqual([1, 2, 3]);
    }
  });

  it("allows white space after the header and inside it", () => {
    expect(readSafetensors(fileOf("{}\r \t\n")).tensors.size).toBe(0);
    expect(readSafetensors(fileOf(`{ "x" : ${entry("[ 1 , 2 ]", " 0", "8 ")}\n}`, 8)).tensors.get("x")?.shape).toEqual([
      1, 2,
    ]);
  });

  it("says which dtype cannot be read as numbers", () => {
    const { tensors } = readSafetensors(fileOf(`{"x":${entry("[2]", 0, 1, "F4")}}`, 1), { file: "f" });
    expect(tensors.get("x")?.bytes.length).toBe(1);
    expect(() => tensors.get("x")?.toFloat32()).toThrow(
      /^f: tensor "x": found dtype F4, expected a dtype that converts to float32: .*F32/,
    );
  });

  it("refuses anything but a Uint8Array", () => {
    // @ts-expect-error an ArrayBuffer is not accepted
    expect(() => readSafetensors(new ArrayBuffer(16))).toThrow(TypeError);
  });

  it.skipIf(!hasPublished("formats"))("reads files that other programs wrote", () => {
    const read = readdirSync(published("formats")).map((name) => {
      const { tensors } = readSafetensors(readFileSync(published(`formats/${name}`)), { file: name });
      const { dtype, shape } = tensors.get("embedding") ?? {};
      return [name, dtype, shape, tensors.get("embedding")?.toFloat32()[1]];
    });
    expect(read).toEqual([
      ["tensor-1d-int32.safetensors", "I32", [3], 2],
      ["tensor-2d-float64.safetensors", "F64", [2, 3], 2],
      ["tensor-3d-float32.safetensors", "F32", [2, 2, 3], 23],
      ["tensor-4d-float32.safetensors", "F32", [2, 3, 1, 3], 12],
    ]);
  });
});

describe("a malformed file", () => {
  const one = `{"x":${entry("[2]", 0, 8)}}`;
  const hostile: [string, Uint8Array, RegExp][] = [
    ["no bytes", new Uint8Array(0), /byte 0: found a file of 0 bytes/],
    ["seven bytes", new Uint8Array(7), /found a file of 7 bytes/],
    ["an empty header", fileOf(""), /byte 8: found an empty header/],
    ["a header longer than the file", fileOf("{}", 0, 3n), /byte 0: found a header length of 3, expected at most 2/],
    ["a header of 2⁶⁴ − 1 bytes", fileOf("{}", 0, 2n ** 64n - 1n), /header length of 18446744073709551615/],
    ["a header longer than 100 MB", fileOf("{}", 0, 100_000_001n), /header length of 100000001/],
    ["a header that begins with a space", fileOf(" {}"), /byte 8: found byte 0x20, expected a header that begins/],
    ["a header that is an array", fileOf("[]"), /begins with "{"/],
    ["a byte order mark", fileOf("\ufeff{}"), /found byte 0xef/],
    ["bytes that are not UTF-8", fileOf(Uint8Array.of(0x7b, 0xff)), /invalid UTF-8/],
    ["half a header", fileOf("{"), /byte 9: found the end of the header/],
    ["something after the header", fileOf("{}x"), /byte 10: found "x", expected the end of the header/],
    ["a trailing comma", fileOf(`{"x":${entry("[]", 0, 4)},}`, 4), /byte 61: found "}", expected a key/],
    ["NUL padding", fileOf("{}\0"), /byte 10: found "\\u0000"/],
    ["deep nesting", fileOf(`{"x":${"[".repeat(200_000)}`), /byte 13: .*expected tensor "x", a JSON object/],
    ["a key that is no string", fileOf("{1:2}"), /byte 9: .*expected a key/],
    ["a string that never ends", fileOf('{"x'), /a closed JSON string with valid escapes/],
    ["a bad escape", fileOf('{"\\q":1}'), /a closed JSON string with valid escapes/],
    ["half a surrogate pair", fileOf(`{"\\ud800":${entry("[]", 0, 4)}}`, 4), /with valid escapes/],
    [
      "a name twice",
      fileOf(`{"é":${entry("[]", 0, 4)},"é":${entry("[]", 4, 8)}}`, 8),
      /byte 62: found the key "é" twice in the header/,
    ],
    ["a field twice", fileOf('{"x":{"dtype":"F32","dtype":"F32"}}'), /the key "dtype" twice in tensor "x"/],
    ["metadata twice", fileOf('{"__metadata__":{},"__metadata__":{}}'), /the key "__metadata__" twice in the header/],
    ["metadata that is no object", fileOf('{"__metadata__":[]}'), /expected __metadata__, a JSON object/],
    [
      "metadata that is no string",
      fileOf('{"__metadata__":{"a":1}}'),
      /byte 29: .*expected a string as the metadata's "a"/,
    ],
    [
      "an unknown dtype",
      fileOf(`{"x":${entry("[]", 0, 4, "F33")}}`, 4),
      /found dtype "F33" in tensor "x", expected one of BOOL/,
    ],
    ["a dtype named by a prototype", fileOf(`{"x":${entry("[]", 0, 4, "toString")}}`, 4), /found dtype "toString"/],
    ["a dtype that is a number", fileOf('{"x":{"dtype":1}}'), /expected the dtype of tensor "x", a string/],
    ["an unknown field", fileOf('{"x":{"order":"C"}}'), /found the field "order"/],
    ["a field named by a prototype", fileOf('{"x":{"constructor":"C"}}'), /found the field "constructor"/],
    ["no dtype", fileOf('{"x":{"shape":[],"data_offsets":[0,4]}}', 4), /found no dtype in tensor "x"/],
    ["no shape", fileOf('{"x":{"dtype":"F32","data_offsets":[0,4]}}', 4), /found no shape in tensor "x"/],
    ["no offsets", fileOf('{"x":{"dtype":"F32","shape":[]}}', 4), /found no data_offsets in tensor "x"/],
    ["one offset", fileOf('{"x":{"dtype":"F32","shape":[],"data_offsets":[4]}}', 4), /found 1 data_offsets/],
    ["three offsets", fileOf('{"x":{"dtype":"F32","shape":[],"data_offsets":[0,4,4]}}', 4), /found 3 data_offsets/],
    ["a negative length", fileOf(`{"x":${entry("[-1]", 0, 4)}}`, 4), /found "-1\]/],
    ["a fraction", fileOf(`{"x":${entry("[1.0]", 0, 4)}}`, 4), /expected an integer ≥ 0 in the shape of tensor "x"/],
    ["an exponent", fileOf(`{"x":${entry("[1e0]", 0, 4)}}`, 4), /expected an integer ≥ 0/],
    ["a leading zero", fileOf(`{"x":${entry("[01]", 0, 4)}}`, 4), /expected an integer ≥ 0/],
    [
      "a length beyond 2⁵³",
      fileOf(`{"x":${entry("[9007199254740993]", 0, 4)}}`, 4),
      /an integer below 2⁵³ in the shape/,
    ],
    [
      "an offset beyond 2⁵³",
      fileOf(`{"x":${entry("[1]", 0, "9007199254740992")}}`, 4),
      /an integer below 2⁵³ in the data_offsets/,
    ],
    ["a product beyond 2⁵³", fileOf(`{"x":${entry("[4294967296,4294967296]", 0, 16)}}`, 16), /tensor "x": .*below 2⁵³/],
    ["a product of bytes beyond 2⁵³", fileOf(`{"x":${entry("[4503599627370496]", 0, 16)}}`, 16), /below 2⁵³/],
    ["a product that comes back to zero", fileOf(`{"x":${entry("[4294967296,4294967296,0]", 0, 0)}}`), /below 2⁵³/],
    ["half a byte", fileOf(`{"x":${entry("[3]", 0, 1, "F4")}}`, 1), /a whole number of bytes/],
    [
      "too few bytes for the shape",
      fileOf(`{"x":${entry("[3]", 0, 8)}}`, 8),
      /expected 12 bytes for dtype F32 and shape \[3\]/,
    ],
    ["an end before the beginning", fileOf(`{"x":${entry("[0]", 0, 0)},"y":${entry("[0]", 4, 0)}}`, 4), /tensor "y"/],
    [
      "a hole",
      fileOf(`{"x":${entry("[1]", 0, 4)},"y":${entry("[1]", 8, 12)}}`, 12),
      /tensor "y": .*begin at 4, without a gap/,
    ],
    ["a hole at the start", fileOf(`{"x":${entry("[1]", 4, 8)}}`, 8), /tensor "x": .*begin at 0/],
    [
      "an overlap",
      fileOf(`{"x":${entry("[2]", 0, 8)},"y":${entry("[1]", 4, 8)}}`, 8),
      /"y": .*begin at 8, without an overlap/,
    ],
    [
      "the same bytes ten times",
      fileOf(`{${Array.from({ length: 10 }, (_, i) => `"${i}":${entry("[1]", 0, 4)}`)}}`, 4),
      /overlap/,
    ],
    [
      "an end beyond the file",
      fileOf(one, 4),
      /tensor "x": found data_offsets \[0, 8\], expected an end within the file's 4 bytes/,
    ],
    ["a huge tensor in a small file", fileOf(`{"x":${entry("[250000000000]", 0, 1e12)}}`), /within the file's 0 bytes/],
    ["bytes left over", fileOf(one, 9), /data byte 8: found 1 bytes that belong to no tensor/],
    ["bytes of no tensor at all", fileOf("{}", 1), /data byte 0/],
  ];

  it.each(hostile)("is refused, and the message says where: %s", (_, bytes, message) => {
    const read = () => readSafetensors(bytes, { file: "model.safetensors" });
    expect(read).toThrow(FormatError);
    expect(read).toThrow(/^model\.safetensors: /);
    expect(read).toThrow(message);
  });

  it("keeps the message short where a name is long", () => {
    const read = () => readSafetensors(fileOf(`{"${"x".repeat(1e6)}":1}`));
    expect(read).toThrow(expect.objectContaining({ message: expect.stringMatching(/^.{1,400}$/s) }));
  });

  it.each(["names", "metadata", "shapes"])("is refused wherever it is cut: %s.safetensors", (name) => {
    const bytes = fixture(`${name}.safetensors`);
    const other: unknown[] = [];
    for (let length = 0; length < bytes.length; length += 1) {
      try {
        readSafetensors(bytes.subarray(0, length));
        other.push(length);
      } catch (error) {
        if (!(error instanceof FormatError)) other.push(error);
      }
    }
    expect(other).toEqual([]);
  });

  it("with any one byte changed is read within its bytes or refused", () => {
    const bytes = new Uint8Array(fixture("metadata.safetensors"));
    for (let index = 0; index < bytes.length; index += 1) {
      for (const flip of [1, 2, 16, 128, 255]) {
        const changed = bytes.slice();
        changed[index] = (changed[index] ?? 0) ^ flip;
        try {
          for (const { bytes: view } of readSafetensors(changed).tensors.values()) {
            expect(view.byteOffset + view.length).toBeLessThanOrEqual(bytes.length);
          }
        } catch (error) {
          expect(error).toBeInstanceOf(FormatError);
        }
      }
    }
  });
});
