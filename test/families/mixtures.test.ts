import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { readSafetensors, type WritableTensor, writeSafetensors } from "../../src/checkpoint";
import { type ConfigObject, fromPretrained, savePretrained } from "../../src/families";
import { FormatError } from "../../src/tensor";
import { memory } from "./fixture";

const folder = new URL("../fixtures/families/decoder/", import.meta.url);

/** A fixture in memory, with another config and other tensors. */
function changed(
  name: string,
  fields: ConfigObject = {},
  change: (tensors: Map<string, WritableTensor>) => void = () => {},
): Map<string, Uint8Array> {
  const file = (path: string) => new Uint8Array(readFileSync(new URL(`${name}/${path}`, folder)));
  const config = { ...JSON.parse(new TextDecoder().decode(file("config.json"))), ...fields };
  const stored = readSafetensors(file("model.safetensors")).tensors;
  const tensors = new Map<string, WritableTensor>(
    [...stored].map(([path, { shape, toFloat32 }]) => [path, { shape, data: toFloat32() }]),
  );
  change(tensors);
  return new Map([
    ["config.json", new TextEncoder().encode(JSON.stringify(config))],
    ["model.safetensors", writeSafetensors(tensors)],
  ]);
}

const open = (files: Map<string, Uint8Array>) => fromPretrained(memory(files));
const one: WritableTensor = { shape: [1], data: Float32Array.of(1) };

describe.each([
  ["deepseek_v3", "model.layers.61.eh_proj.weight"],
  ["glm4_moe", "model.layers.46.eh_proj.weight"],
  ["exaone_moe", "mtp.layers.0.self_attn.q_proj.weight"],
  ["ernie4_5_moe", "model.mtp_block.0.mlp.up_proj.weight"],
  ["qwen3_5_text", "mtp.fc.weight"],
  ["qwen3_5_text", "model.visual.patch_embed.proj.weight"],
  ["gemma3n_text", "model.layers.3.self_attn.k_proj.weight"],
  ["gemma4_text", "model.layers.3.self_attn.k_norm.weight"],
])("a tensor of %s that no model here uses, %s", (name, further) => {
  it("is no parameter, and is saved as it was loaded", async () => {
    const files = changed(name, {}, (tensors) => tensors.set(further, { ...one, dtype: "BF16" }));
    const { model } = await open(files);
    const { model: plain } = await open(changed(name));
    expect([...model.parameters().keys()]).toEqual([...plain.parameters().keys()]);
    const saved = memory();
    await savePretrained({ model }, saved);
    const { dtype, bytes } = readSafetensors(saved.files.get("model.safetensors")!).tensors.get(further)!;
    expect([dtype, ...bytes]).toEqual(["BF16", 0x80, 0x3f]);
  });
});

describe("a config whose experts contradict each other or the tensors is a FormatError that names the field", () => {
  it.each<[string, ConfigObject, RegExp]>([
    ["glm4_moe", { n_group: 4 }, /n_group: found 4, expected a divisor of 6/],
    ["glm4_moe", { n_routed_experts: 9e8 }, /n_routed_experts: found 900000000, expected at most/],
    ["glm4_moe", { topk_group: 7 }, /groups\.topK 7/],
    ["glm4_moe", { num_experts_per_tok: 7 }, /topK 7/],
    ["mixtral", { num_local_experts: 3 }, /experts\.3\./],
    ["mixtral", { num_local_experts: 5 }, /experts\.4\./],
    ["granitemoe", { num_local_experts: 5 }, /block_sparse_moe\..*shape \[4/],
    ["gpt_oss", { intermediate_size: 8 }, /gate_up_proj/],
    ["llama4_text", { no_rope_layers: [1] }, /no_rope_layers/],
    ["qwen2_moe", { use_sliding_window: false }, /use_sliding_window/],
    ["cohere2_moe", { expert_selection_fn: "topk" }, /expert_selection_fn/],
    ["phimoe", { rope_parameters: { rope_type: "linear", factor: 2 } }, /rope_parameters/],
  ])("%s with %j", async (name, fields, message) => {
    const opening = open(changed(name, fields));
    await expect(opening).rejects.toThrow(FormatError);
    await expect(opening).rejects.toThrow(message);
  });
});

describe("experts of four bits", () => {
  const packed = (fields: ConfigObject = {}) => {
    const file = (path: string) => new Uint8Array(readFileSync(new URL(`gpt_oss_mxfp4/${path}`, folder)));
    const config = { ...JSON.parse(new TextDecoder().decode(file("config.json"))), ...fields };
    return new Map([
      ["config.json", new TextEncoder().encode(JSON.stringify(config))],
      ["model.safetensors", file("model.safetensors")],
    ]);
  };
  /** Renames or retypes what the header says. */
  const edited = (from: string, to: string) => {
    const files = packed();
    const bytes = Buffer.from(files.get("model.safetensors")!);
    expect(bytes.indexOf(from), from).toBeGreaterThan(0);
    bytes.write(to, bytes.indexOf(from), "latin1");
    return files.set("model.safetensors", new Uint8Array(bytes));
  };

  it("are saved in float, with a config that says so", async () => {
    const { model } = await open(packed());
    const saved = memory();
    await savePretrained({ model }, saved);
    expect(JSON.parse(new TextDecoder().decode(saved.files.get("config.json")))).not.toHaveProperty(
      "quantization_config",
    );
    const { tensors } = readSafetensors(saved.files.get("model.safetensors")!);
    expect(tensors.get("model.layers.0.mlp.experts.gate_up_proj")?.shape).toEqual([2, 32, 64]);
  });

  it.each([
    ["without scales", () => edited("down_proj_scales", "down_proj_scalez"), /down_proj_scales": found no such tensor/],
    ["of another dtype", () => edited('"dtype":"U8"', '"dtype":"I8"'), /dtype I8, expected U8/],
    ["of a method that is unknown", () => packed({ quantization_config: { quant_method: "mxfp8" } }), /quant_method/],
  ])("%s are a FormatError that says so", async (_, files, message) => {
    const opening = open(files());
    await expect(opening).rejects.toThrow(FormatError);
    await expect(opening).rejects.toThrow(message);
  });
});
