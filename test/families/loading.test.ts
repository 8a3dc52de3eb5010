import { rmSync, writeFileSync } from "node:fs";
import { mkdtemp, open, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  openCheckpoint,
  openSource,
  type Progress,
  readSafetensors,
  writeDirectory,
  writeSafetensors,
} from "../../src/checkpoint";
import { fromPretrained, savePretrained } from "../../src/families";
import { DecoderModel, gpt } from "../../src/models";
import { memory } from "./fixture";

const GIB = 2 ** 30;
const sizes = { vocabSize: 8, contextLength: 16, dModel: 8, heads: 2, layers: 1 };

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "loading-"));
});
afterEach(() => rm(directory, { recursive: true }));

/** A safetensors file with a further tensor of zeros at its end, which takes no room on the disk. */
async function writeWithZeros(file: string, bytes: Uint8Array, name: string, shape: number[]): Promise<void> {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const length = Number(view.getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)));
  const begin = bytes.length - 8 - length;
  const end = begin + shape.reduce((size, side) => size * side, 4);
  header[name] = { dtype: "F32", shape, data_offsets: [begin, end] };
  const text = new TextEncoder().encode(JSON.stringify(header));
  const start = new Uint8Array(8);
  new DataView(start.buffer).setBigUint64(0, BigInt(text.length), true);
  const handle = await open(join(directory, file), "w");
  await handle.writeFile(start);
  await handle.writeFile(text);
  await handle.writeFile(bytes.subarray(8 + length));
  await handle.truncate(8 + text.length + end);
  await handle.close();
}

/** GPT-2's mask, which old files have and nobody needs: [1, 1, 24000, 24000] takes 2.3 GB. */
const MASK = "transformer.h.0.attn.bias";
const maskShape = [1, 1, 24_000, 24_000];

describe("a file of more than 2 GiB is read in parts, and of its tensors only those that are needed", () => {
  it.each(["one file", "shards"])("%s", async (form) => {
    const model = gpt(sizes, { seed: 1 });
    const saved = memory();
    await savePretrained({ model }, saved);
    const weights = saved.files.get("model.safetensors")!;
    await writeFile(join(directory, "config.json"), saved.files.get("config.json")!);
    if (form === "one file") await writeWithZeros("model.safetensors", weights, MASK, maskShape);
    else {
      const names = readSafetensors(weights).tensors.keys();
      const map = { ...Object.fromEntries([...names].map((name) => [name, "1.safetensors"])), [MASK]: "2.safetensors" };
      await writeFile(join(directory, "1.safetensors"), weights);
      await writeWithZeros("2.safetensors", writeSafetensors({}), MASK, maskShape);
      await writeFile(join(directory, "model.safetensors.index.json"), JSON.stringify({ weight_map: map }));
    }
    const before = process.memoryUsage().arrayBuffers;
    const seen: Progress[] = [];
    const loaded = await fromPretrained(directory, { model: DecoderModel, onProgress: (one) => seen.push(one) });
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(0.1 * GIB);
    expect(loaded.model.forward([[1, 2, 3]]).data).toEqual(model.forward([[1, 2, 3]]).data);
    expect(seen.some(({ total }) => total! > 2 * GIB)).toBe(true);
    for (const file of new Set(seen.map((progress) => progress.file))) {
      const ofFile = seen.filter((progress) => progress.file === file);
      expect(ofFile.at(-1)!.loaded).toBe(ofFile.at(-1)!.total);
      expect(ofFile.map(({ loaded }) => loaded)).toEqual(ofFile.map(({ loaded }) => loaded).sort((a, b) => a - b));
    }
  });

  it("a tensor beyond 4 GiB is read from its own place", async () => {
    const last = writeSafetensors({ z: { shape: [2], data: Float32Array.of(3, 4) } });
    const length = Number(new DataView(last.buffer).getBigUint64(0, true));
    const size = 4.5 * GIB;
    const header = { a: { dtype: "U8", shape: [size], data_offsets: [0, size] } };
    const entry = { dtype: "F32", shape: [2], data_offsets: [size, size + 8] };
    const text = new TextEncoder().encode(JSON.stringify({ ...header, z: entry }));
    const start = new Uint8Array(8);
    new DataView(start.buffer).setBigUint64(0, BigInt(text.length), true);
    const handle = await open(join(directory, "model.safetensors"), "w");
    await handle.writeFile(start);
    await handle.writeFile(text);
    await handle.write(last.subarray(8 + length), 0, 8, 8 + text.length + size);
    await handle.close();
    const { tensors, close } = await openCheckpoint(await openSource(directory));
    expect([...(await tensors.get("z")!.read()).toFloat32()]).toEqual([3, 4]);
    await close();
  });
});

describe("arrays have one owner", () => {
  it("what a reader gave may change afterwards, and stays as it is while the model learns", async () => {
    const model = gpt(sizes, { seed: 1 });
    const saved = memory();
    await savePretrained({ model }, saved);
    const given = new Map([...saved.files].map(([name, bytes]) => [name, bytes.slice()]));
    const loaded = await fromPretrained({ read: async (name) => given.get(name) }, { model: DecoderModel });
    const [parameter] = loaded.model.parameters().values();
    for (const bytes of given.values()) bytes.fill(0xff);
    expect(loaded.model.forward([[1, 2, 3]]).data).toEqual(model.forward([[1, 2, 3]]).data);
    for (const bytes of loaded.files.values()) expect(bytes.every((byte) => byte === 0xff)).toBe(false);
    parameter!.assign(new Float32Array(parameter!.data.length));
    for (const bytes of given.values()) expect(bytes.every((byte) => byte === 0xff)).toBe(true);
  });

  it("tensors of an opened source are the caller's own", async () => {
    const bytes = writeSafetensors({ x: { shape: [2], data: Float32Array.of(1, 2) } });
    const opened = await openSource({ read: async () => bytes });
    const { tensors } = await openCheckpoint(opened);
    const [first, second] = [await tensors.get("x")!.read(), await tensors.get("x")!.read()];
    first.toFloat32().fill(9);
    (await opened.read("model.safetensors")).fill(9);
    expect([...second.toFloat32()]).toEqual([1, 2]);
    expect([...(await tensors.get("x")!.read()).toFloat32()]).toEqual([1, 2]);
  });
});

describe("a directory that is saved to while it is read", () => {
  const model = (seed: number) => gpt(sizes, { seed });

  it("gives one model, not parts of two", async () => {
    await savePretrained({ model: model(1) }, directory);
    let saves = 0;
    const loaded = await fromPretrained(directory, {
      model: DecoderModel,
      onProgress: () => {
        // The weights are being read, config.json has been.
        if (saves++ === 0) saving = savePretrained({ model: gpt({ ...sizes, heads: 4 }, { seed: 2 }) }, directory);
      },
    });
    await saving;
    const [heads, seed] = loaded.config.n_head === 4 ? [4, 2] : [2, 1];
    const expected = gpt({ ...sizes, heads }, { seed });
    expect(loaded.model.forward([[1, 2, 3]]).data).toEqual(expected.forward([[1, 2, 3]]).data);
  });
  let saving: Promise<void> | undefined;

  it("tells that a file was exchanged, came or went since it was opened", async () => {
    const write = (...files: string[]) =>
      writeDirectory(directory, new Map(files.map((file) => [file, new Uint8Array(3)])), { remove: () => true });
    for (const next of [["a", "b"], ["b"], ["a", "b", "c"]]) {
      await write("a", "b");
      const opened = await openSource(directory);
      for (const file of ["a", "b", "c"]) await opened.readOptional(file);
      expect(await opened.unchanged()).toBe(true);
      await write(...next);
      expect(await opened.unchanged()).toBe(false);
    }
  });

  it("is refused by name if it never comes to rest", async () => {
    await savePretrained({ model: model(1) }, directory);
    const bytes = await readFile(join(directory, "config.json"));
    const loading = fromPretrained(directory, {
      onProgress: () => {
        rmSync(join(directory, "config.json"));
        writeFileSync(join(directory, "config.json"), bytes);
      },
    });
    await expect(loading).rejects.toThrow(`${directory}: its files keep changing while they are read`);
  });
});
