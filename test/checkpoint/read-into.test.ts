import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { openCheckpoint, openSource, type Source, writeSafetensors } from "../../src/checkpoint";

const story = fileURLToPath(new URL("../../examples/models/story/", import.meta.url));

describe("a tensor that is read to where its numbers are used", () => {
  it.each<{ where: string; source: Source }>([
    { where: "a directory", source: story },
    { where: "a reader", source: { read: (name) => readFile(story + name).catch(() => undefined) } },
  ])("has the numbers that it has when it is read alone, from $where", async ({ source }) => {
    const { tensors, close } = await openCheckpoint(await openSource(source));
    expect(tensors.size).toBeGreaterThan(10);
    for (const tensor of tensors.values()) {
      const wanted = (await tensor.read()).toFloat32();
      // Threads and kernels use shared memory; what lies beside stays.
      const memory = new Float32Array(new SharedArrayBuffer(4 * (wanted.length + 2))).fill(7);
      await tensor.readInto!(memory.subarray(1, -1));
      expect([...memory]).toEqual([7, ...wanted, 7]);
    }
    await close();
  });

  it("is one that is stored as float32: another has to be converted first", async () => {
    const data = Float32Array.of(1, 2);
    const bytes = writeSafetensors({
      single: { shape: [2], data },
      half: { shape: [2], data, dtype: "F16" },
      brain: { shape: [2], data, dtype: "BF16" },
    });
    const read = async (name: string) => (name === "model.safetensors" ? bytes : undefined);
    const { tensors } = await openCheckpoint(await openSource({ read }));
    expect([...tensors].flatMap(([name, { readInto }]) => (readInto ? [name] : []))).toEqual(["single"]);
  });
});
