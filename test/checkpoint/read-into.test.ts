import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { openCheckpoint, openSource, type Source } from "../../src/checkpoint";

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

  it("is one of F32, F16 or BF16: another has to be converted first", async () => {
    const tensors = await opened({ F32: 4, F16: 2, BF16: 2, F64: 8, I32: 4, I8: 1 });
    const found = [...tensors].flatMap(([name, { readInto }]) => (readInto ? [name] : []));
    expect(found).toEqual(["F32", "F16", "BF16"]);
  });

  it.each([
    ["F16", 5, 10],
    ["BF16", 8, 7],
  ] as const)(
    "has the number of each pattern of 16 bits, as IEEE 754 defines it: %s",
    async (dtype, bits, fraction) => {
      const patterns = Uint16Array.from({ length: 65_536 }, (_, i) => i);
      const tensor = (await opened({ [dtype]: 2 }, new Uint8Array(patterns.buffer))).get(dtype)!;
      const wanted = Array.from(patterns, (pattern) => {
        const [exponent, rest] = [
          (pattern >> fraction) & (2 ** bits - 1),
          (pattern & (2 ** fraction - 1)) / 2 ** fraction,
        ];
        const sign = pattern & 0x8000 ? -1 : 1;
        if (exponent === 2 ** bits - 1) return rest === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
        const bias = 2 ** (bits - 1) - 1;
        return sign * (exponent === 0 ? rest * 2 ** (1 - bias) : (1 + rest) * 2 ** (exponent - bias));
      });
      const memory = new Float32Array(new SharedArrayBuffer(4 * (wanted.length + 2))).fill(7);
      await tensor.readInto!(memory.subarray(1, -1));
      const [read, whole] = [[...memory], [...(await tensor.read()).toFloat32()]];
      const around = [7, ...wanted, 7];
      expect(read.findIndex((value, i) => !Object.is(value, around[i]))).toBe(-1);
      expect(whole.findIndex((value, i) => !Object.is(value, wanted[i]))).toBe(-1);
    },
  );
});

/** Tensors of each dtype, with bytes per number, in one file after the other; zeros unless bytes are given. */
async function opened(dtypes: Record<string, number>, data?: Uint8Array) {
  let end = 0;
  const entries = Object.entries(dtypes).map(([dtype, size]) => {
    const length = data?.length ?? 2 * size;
    const entry = { dtype, shape: [length / size], data_offsets: [end, end + length] };
    end += length;
    return [dtype, entry];
  });
  const header = new TextEncoder().encode(JSON.stringify(Object.fromEntries(entries)));
  const bytes = new Uint8Array(8 + header.length + end);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(header.length), true);
  bytes.set(header, 8);
  if (data) bytes.set(data, 8 + header.length);
  const read = async (name: string) => (name === "model.safetensors" ? bytes : undefined);
  return (await openCheckpoint(await openSource({ read }))).tensors;
}
