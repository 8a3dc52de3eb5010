import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openSource, readCheckpoint, writeSafetensors } from "../../src/checkpoint";
import { FormatError } from "../../src/errors";

const shard = (...names: string[]) =>
  writeSafetensors(
    Object.fromEntries(names.map((name, index) => [name, { shape: [1], data: Float32Array.of(index) }])),
  );
const index = (map: unknown) => new TextEncoder().encode(JSON.stringify({ metadata: {}, weight_map: map }));
const open = (files: Record<string, Uint8Array>) =>
  openSource({ read: async (name) => (Object.hasOwn(files, name) ? files[name] : undefined) });

const INDEX = "model.safetensors.index.json";

describe("readCheckpoint", () => {
  it("reads model.safetensors", async () => {
    const seen: string[] = [];
    const opened = await open({ "model.safetensors": shard("a", "b") });
    const tensors = await readCheckpoint(opened, ({ file }) => seen.push(file));
    expect([...tensors.keys()]).toEqual(["a", "b"]);
    expect(seen).toEqual(["model.safetensors"]);
  });

  it.each([
    "pytorch_model.bin",
    "pytorch_model.bin.index.json",
    "tf_model.h5",
    "flax_model.msgpack",
    "adapter_model.safetensors",
    "adapter_model.bin",
  ])("names the weights that are there in a form that is not read, and says what to do: %s", async (name) => {
    const message = `model.safetensors: found no such file, but ${name}, expected the file, because only safetensors weights are supported; load the model in Python`;
    const files = new Map([[name, new Uint8Array(3)]]);
    await expect(readCheckpoint(await openSource({ read: async (file) => files.get(file) }))).rejects.toThrow(message);
    const folder = mkdtempSync(join(tmpdir(), "other-"));
    writeFileSync(join(folder, name), "");
    await expect(readCheckpoint(await openSource(folder))).rejects.toThrow(message);
  });

  it.each([
    ["models/story/model.safetensors", /expected the directory of the model's files, "models\/story", not the path/],
    ["model.safetensors.index.json", /expected the directory of the model's files, ".", not the path/],
    ["C:\\story\\tokenizer.model", /expected the directory of the model's files, "C:\\\\story", not the path/],
    ["story/q4.gguf", /expected the directory of a model, not a GGUF file; of that, loadTokenizer/],
    [
      "./examples/models/other",
      /expected one of the models of this library's repository, which the package does not have; give/,
    ],
    ["models/story-v1.5", /expected a model directory: config\.json, tokenizer\.json and/],
  ])("says what to give in the place of %s", async (source, message) => {
    await expect((await openSource(source)).read("config.json")).rejects.toThrow(message);
  });

  it("reads the shards of an index, each once", async () => {
    const seen: string[] = [];
    const opened = await open({
      [INDEX]: index({ a: "1.safetensors", b: "2.safetensors", c: "1.safetensors", ["__proto__"]: "2.safetensors" }),
      "1.safetensors": shard("a", "c"),
      "2.safetensors": shard("__proto__", "b"),
    });
    const tensors = await readCheckpoint(opened, ({ file }) => seen.push(file));
    expect([...tensors.keys()].sort()).toEqual(["__proto__", "a", "b", "c"]);
    expect(tensors.get("b")?.toFloat32()[0]).toBe(1);
    expect(seen).toEqual(["1.safetensors", "2.safetensors"]);
  });

  it.each<[string, Record<string, Uint8Array>, RegExp]>([
    ["neither file", {}, /model\.safetensors: found no such file/],
    ["a shard that is missing", { [INDEX]: index({ a: "1" }) }, /1: found no such file/],
    ["a shard outside", { [INDEX]: index({ a: "../1" }) }, /found "\.\.\/1", expected the name of a file inside/],
    ["an absolute shard", { [INDEX]: index({ a: "/etc/hosts" }) }, /found "\/etc\/hosts"/],
    ["a shard that is no text", { [INDEX]: index({ a: 1 }) }, /weight_map\["a"\]: found number/],
    ["no weight_map", { [INDEX]: index(undefined) }, /weight_map: found nothing/],
    ["a weight_map that is an array", { [INDEX]: index([]) }, /weight_map: found another kind/],
    ["an index that is no JSON", { [INDEX]: Uint8Array.of(0x7b) }, /index\.json: line 1/],
    [
      "a tensor the shard lacks",
      { [INDEX]: index({ a: "1", b: "1" }), "1": shard("a") },
      /1: tensor "b": found no tensor/,
    ],
    [
      "a tensor the index lacks",
      { [INDEX]: index({ a: "1" }), "1": shard("a", "b") },
      /tensor "b": found a tensor that/,
    ],
    [
      "a tensor in two shards",
      { [INDEX]: index({ a: "1", b: "2" }), "1": shard("a"), "2": shard("a", "b") },
      /2: tensor "a": found a second copy/,
    ],
    ["a broken shard", { [INDEX]: index({ a: "1" }), "1": shard("a").subarray(0, 20) }, /source\/1: byte 0/],
    ["a broken file", { "model.safetensors": Uint8Array.of(1, 2) }, /source\/model\.safetensors: byte 0/],
  ])("refuses %s", async (_, files, message) => {
    const read = async () => readCheckpoint(await open(files));
    await expect(read()).rejects.toThrow(FormatError);
    await expect(read()).rejects.toThrow(message);
  });
});
