import { existsSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { writeSafetensors } from "../../src/checkpoint";
import { FormatError } from "../../src/errors";
import { fromPretrained } from "../../src/families";
import { loadTokenizer, tokenizerFromJson } from "../../src/tokenizer";

const story = new URL("../../examples/models/story/", import.meta.url);
const encode = (text: string) => new TextEncoder().encode(text);

/** The story model with some files changed. */
function source(changes: Record<string, Uint8Array | undefined>) {
  return {
    read: async (name: string) => {
      if (Object.hasOwn(changes, name)) return changes[name];
      const file = new URL(name, story);
      return existsSync(file) ? new Uint8Array(readFileSync(file)) : undefined;
    },
  };
}

/** A JSON object whose field is nested so deep. */
const nested = (depth: number, field = "note") =>
  encode(`{"model_type":"gpt2","${field}":${"[".repeat(depth - 1)}${"]".repeat(depth - 1)}}`);

const jsonFiles: [file: string, without: string[]][] = [
  ["config.json", []],
  ["generation_config.json", []],
  ["tokenizer.json", []],
  ["tokenizer_config.json", []],
  ["model.safetensors.index.json", ["model.safetensors"]],
];

describe("arrays nested thousands of levels deep in a JSON file are refused with the file's name", () => {
  it.each([2001, 5000, 100_000, 1_000_000])("%i levels", async (depth) => {
    for (const [file, without] of jsonFiles) {
      const gone = Object.fromEntries(without.map((name) => [name, undefined]));
      const error: unknown = await fromPretrained(source({ ...gone, [file]: nested(depth) })).catch(
        (reason: unknown) => reason,
      );
      expect([file, error instanceof FormatError]).toEqual([file, true]);
      expect(String(error)).toContain(`source/${file}: line 1, column`);
      expect(String(error)).toContain("nesting 2001 deep");
    }
  });

  it("in the header of a safetensors file, at the byte where an array begins that does not belong there", async () => {
    const text = `{"a":${"[".repeat(1_000_000)}`;
    const bytes = new Uint8Array(8 + text.length);
    new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
    bytes.set(encode(text), 8);
    await expect(fromPretrained(source({ "model.safetensors": bytes }))).rejects.toThrow(
      "source/model.safetensors: byte 13: found",
    );
  });

  it.each(["decoder", "normalizer", "truncation", "added_tokens", "model", "x"])(
    "in the %s of a tokenizer.json that is given as text or as an object",
    (field) => {
      const value = { type: "Sequence", x: JSON.parse(new TextDecoder().decode(nested(100_000))).note };
      const model = { type: "WordLevel", vocab: { a: 0 }, unk_token: "a" };
      const json = { model, [field]: field === "model" ? { ...model, ...value, type: "WordLevel" } : value };
      try {
        tokenizerFromJson(json);
        // What nobody reads hurts nobody.
        expect(["model", "x"]).toContain(field);
      } catch (error) {
        expect(error).toBeInstanceOf(FormatError);
        expect(String(error)).not.toMatch(/call stack/i);
      }
    },
  );
});

describe("a number in a file does not decide how much memory is taken", () => {
  it.each<[string, Uint8Array, RegExp]>([
    [
      "a header's length beyond the file",
      Uint8Array.of(255, 255, 255, 255, 255, 255, 31, 0),
      /byte 0: found a header length/,
    ],
    [
      "a header's length of 4 GB",
      Uint8Array.of(0, 0, 0, 0, 1, 0, 0, 0, 123),
      /byte 0: found a header length of 4294967296/,
    ],
    [
      "a shape of 2⁵³ numbers",
      safetensors('{"a":{"dtype":"F32","shape":[4503599627370496,2],"data_offsets":[0,0]}}'),
      /tensor "a": found data_offsets/,
    ],
    [
      "a shape with NaN",
      safetensors('{"a":{"dtype":"F32","shape":[NaN],"data_offsets":[0,0]}}'),
      /expected an integer ≥ 0 in the shape of tensor "a"/,
    ],
    [
      "offsets beyond the file",
      safetensors('{"a":{"dtype":"F32","shape":[1000000000],"data_offsets":[0,4000000000]}}'),
      /expected an end within the file's 0 bytes of data/,
    ],
  ])("%s", async (_, bytes, message) => {
    const before = process.memoryUsage().arrayBuffers;
    const loading = fromPretrained(source({ "model.safetensors": bytes }));
    await expect(loading).rejects.toThrow(message);
    await expect(loading).rejects.toThrow(FormatError);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(64 * 2 ** 20);
  });

  it.each(["../model.safetensors", "/etc/passwd", "a/../../b", "C:/x", "file:///etc/passwd"])(
    "an index does not lead out of its directory to %s",
    async (file) => {
      const index = encode(JSON.stringify({ weight_map: { a: file } }));
      const files = source({ "model.safetensors.index.json": index });
      const read = async (name: string) => (name === "model.safetensors" ? undefined : files.read(name));
      await expect(fromPretrained({ read })).rejects.toThrow("expected the name of a file inside the directory");
    },
  );
});

function safetensors(header: string): Uint8Array {
  const bytes = writeSafetensors({});
  const text = encode(header.padEnd(Math.ceil(header.length / 8) * 8));
  const file = new Uint8Array(8 + text.length);
  file.set(bytes.subarray(0, 8));
  new DataView(file.buffer).setBigUint64(0, BigInt(text.length), true);
  file.set(text, 8);
  return file;
}

it("of a GGUF file of any size, no more is read than the keys and values of its tokenizer take", async () => {
  const directory = mkdtempSync(join(tmpdir(), "gguf-"));
  const file = join(directory, "large.gguf");
  const small = readFileSync(new URL("../fixtures/tokenizer/gguf/gpt2.gguf", import.meta.url));
  writeFileSync(file, small);
  truncateSync(file, 5 * 2 ** 30);
  const before = process.memoryUsage().arrayBuffers;
  const tokenizer = await loadTokenizer(file);
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(64 * 2 ** 20);
  expect(tokenizer.vocabSize).toBe(
    (await loadTokenizer(new URL("../fixtures/tokenizer/gguf/gpt2.gguf", import.meta.url))).vocabSize,
  );
  rmSync(directory, { recursive: true });
});
