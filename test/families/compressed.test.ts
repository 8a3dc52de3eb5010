import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type Dtype, readSafetensors } from "../../src/checkpoint";
import { fromPretrained, savePretrained } from "../../src/families";
import { ConfigFields } from "../../src/families/config-fields";
import { decompressed } from "../../src/families/reading/compressed";
import { FormatError } from "../../src/tensor";
import { inMemory, memory } from "./fixture";

interface Matrix {
  shape: number[];
  block: number[];
  bytes: string;
  scales: number[];
  values: number[];
}

// Made by PyTorch: test/reference/families/fp8.py.
const matrices: Matrix[] = JSON.parse(readFileSync(new URL("../fixtures/families/fp8.json", import.meta.url), "utf8"));

const stored = (dtype: Dtype, shape: readonly number[], bytes: Uint8Array) => {
  const tensor = { dtype, shape, bytes, toFloat32: () => new Float32Array(bytes.slice().buffer) };
  return { dtype, shape, read: async () => tensor };
};
const bytesOf = (values: readonly number[]) => new Uint8Array(Float32Array.from(values).buffer);
const gridOf = ({ shape, block }: Matrix) => [
  ...shape.slice(0, -2),
  Math.ceil(shape.at(-2)! / block[0]!),
  Math.ceil(shape.at(-1)! / block[1]!),
];
const named = (one: Matrix) =>
  new Map([
    ["a.weight", stored("F8_E4M3", one.shape, new Uint8Array(Buffer.from(one.bytes, "base64")))],
    ["a.weight_scale_inv", stored("F32", gridOf(one), bytesOf(one.scales))],
    ["norm.weight", stored("F32", [1], bytesOf([3]))],
  ]);
const open = (tensors: ReturnType<typeof named>, settings: object) =>
  decompressed(tensors, new ConfigFields({ quantization_config: settings }), "here");

describe("weights of 8 bits with a scale for each block", () => {
  it.each(matrices.map((one) => [`${one.shape} in blocks of ${one.block}`, one] as const))(
    "are what PyTorch makes of them: %s",
    async (_, one) => {
      const tensors = await open(named(one), { quant_method: "fp8", weight_block_size: one.block });
      expect([...tensors.keys()].sort()).toEqual(["a.weight", "norm.weight"]);
      expect([...(await tensors.get("a.weight")!.read()).toFloat32()]).toEqual(one.values.map(Math.fround));
    },
  );

  const one = matrices[0]!;
  it.each<[string, (tensors: ReturnType<typeof named>) => void, object, RegExp]>([
    ["without scales", (all) => all.delete("a.weight_scale_inv"), {}, /"a\.weight_scale_inv": found no such tensor/],
    ["with scales of other blocks", () => {}, { weight_block_size: [3, 3] }, /shape \[3, 3\], expected \[2, 3\]/],
    ["with blocks of no size", () => {}, { weight_block_size: [0, 3] }, /weight_block_size/],
    [
      "with scales that are no numbers",
      (all) => all.set("a.weight_scale_inv", stored("I64", [3, 3], bytesOf([]))),
      {},
      /I64/,
    ],
    ["with scaled inputs", () => {}, { activation_scheme: "static" }, /activation_scheme/],
    ["in another way", () => {}, { quant_method: "gptq" }, /quant_method: found "gptq", expected one of fp8/],
    ["in no way", () => {}, { quant_method: undefined }, /quant_method/],
  ])("%s are a FormatError", async (_, spoil, settings, message) => {
    const tensors = named(one);
    spoil(tensors);
    const failing = open(tensors, { quant_method: "fp8", weight_block_size: one.block, ...settings });
    await expect(failing).rejects.toThrow(FormatError);
    await expect(failing).rejects.toThrow(message);
  });
});

it("a model with compressed weights is saved whole, and its config says so", async () => {
  const files = inMemory("llama");
  const config = JSON.parse(new TextDecoder().decode(files.get("config.json")));
  const said = { ...config, quantization_config: { quant_method: "fp8" } };
  files.set("config.json", new TextEncoder().encode(JSON.stringify(said)));
  const target = memory();
  await savePretrained(await fromPretrained(memory(files)), target);
  expect(JSON.parse(new TextDecoder().decode(target.files.get("config.json")))).toEqual(config);
  expect(readSafetensors(target.files.get("model.safetensors")!).tensors.size).toBe(
    readSafetensors(files.get("model.safetensors")!).tensors.size,
  );
  await fromPretrained(target);
});
