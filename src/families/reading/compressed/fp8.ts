import type { ConfigFields } from "../../config-fields";
import type { Compression } from "./compression";

/**
 * Weights of 8 bits with a scale for each block: `weight` [..., out, in] in F8_E4M3, and `weight_scale_inv` [..., out /
 * block, in / block], rounded up. A number is its 8 bits times the scale of its block.
 *
 * @see DeepSeek-AI 2024, DeepSeek-V3 (arXiv 2412.19437), section 3.3
 */
export const fp8: Compression = {
  parts: ["", "_scale_inv"],
  isCompressed: ({ tensor }) => tensor.dtype === "F8_E4M3",
  weightOf([values, scales], settings, error) {
    settings.only({ activation_scheme: "dynamic", expert_dtype: "fp8" });
    const block = blockOf(settings);
    const { shape } = values!.tensor;
    if (shape.length < 2) throw error(0, `shape [${shape.join(", ")}]`, "a matrix, or several");
    const [rows, columns] = shape.slice(-2) as [number, number];
    const grid = [Math.ceil(rows / block[0]), Math.ceil(columns / block[1])] as const;
    const wanted = [...shape.slice(0, -2), ...grid];
    if (scales!.tensor.shape.join() !== wanted.join())
      throw error(1, `shape [${scales!.tensor.shape.join(", ")}]`, `[${wanted.join(", ")}], a scale for each block`);
    if (!["F32", "BF16", "F16", "F8_E8M0"].includes(scales!.tensor.dtype))
      throw error(1, `dtype ${scales!.tensor.dtype}`, "F32, BF16, F16 or F8_E8M0");
    return {
      shape,
      decode: ([numbers, factors]) => {
        const scale = factors!.dtype === "F8_E8M0" ? powersOfTwo(factors!.bytes) : factors!.toFloat32();
        return scaled(numbers!.bytes, scale, { columns, rows, block, grid });
      },
    };
  },
};

/** The rows and columns of a block. */
function blockOf(settings: ConfigFields): readonly [rows: number, columns: number] {
  const size = settings.get("weight_block_size") ?? [128, 128];
  const isSize = (one: unknown): one is number => typeof one === "number" && Number.isSafeInteger(one) && one > 0;
  if (!Array.isArray(size) || size.length !== 2 || !isSize(size[0]) || !isSize(size[1]))
    throw settings.error("weight_block_size", "two whole numbers of 1 or more, rows and columns of a block");
  return [size[0], size[1]];
}

interface Layout {
  readonly rows: number;
  readonly columns: number;
  readonly block: readonly [rows: number, columns: number];
  readonly grid: readonly [rows: number, columns: number];
}

function scaled(bytes: Uint8Array, scales: Float32Array, { rows, columns, block, grid }: Layout): Float32Array {
  const values = new Float32Array(bytes.length);
  for (let row = 0; row * columns < bytes.length; row++) {
    const matrix = Math.floor(row / rows);
    const first = (matrix * grid[0] + Math.floor((row % rows) / block[0])) * grid[1];
    for (let column = 0; column < columns; column++) {
      const at = row * columns + column;
      values[at] = eighths[bytes[at]!]! * scales[first + Math.floor(column / block[1])]!;
    }
  }
  return values;
}

/** What each byte of E4M3 means: sign, 4 exponent bits of bias 7, 3 fraction bits; no infinities. */
const eighths = /* @__PURE__ */ Float32Array.from({ length: 256 }, (_, byte) => {
  const [sign, exponent, fraction] = [byte >> 7 ? -1 : 1, (byte >> 3) & 15, byte & 7];
  if (exponent === 15 && fraction === 7) return Number.NaN;
  return sign * (exponent === 0 ? fraction * 2 ** -9 : (8 + fraction) * 2 ** (exponent - 10));
});

/** E8M0: a power of two, of bias 127. */
const powersOfTwo = (bytes: Uint8Array): Float32Array => Float32Array.from(bytes, (byte) => 2 ** (byte - 127));
