import type { Along, Buffer, ConvolutionSpec, Primitive } from "../kernels";
import { depthwiseVector } from "../wasm/depthwise";

/**
 * A convolution of which each group has one channel: y[b, o, i] = bias[o] + Σ weight[o, j] · x[b, c, i · stride +
 * j · dilation − before], with zeros outside x, where output o is of channel c = ⌊o · channels / out⌋.
 */
export const depthwise: Primitive<
  [x: Buffer, weight: Buffer, bias: Buffer | undefined, spec: ConvolutionSpec],
  Buffer
> = {
  name: "depthwise",
  reference: (
    x: Float32Array,
    weight: Float32Array,
    bias: Float32Array | undefined,
    { batch, channels, out, axes },
  ) => {
    const [down, across] = axes;
    const places = down.places * across.places;
    const output = new Float32Array(batch * out * places);
    for (let at = 0; at < output.length; at++) {
      const one = Math.floor(at / places);
      const place = at % places;
      const filter = (one % out) * down.kernel * across.kernel;
      const plane = Math.floor((one * channels) / out) * down.size * across.size;
      let total = bias?.[one % out] ?? 0;
      forEachMet(down, Math.floor(place / across.places), (i, row) => {
        forEachMet(across, place % across.places, (j, column) => {
          // Zeros around x are multiplied too: NaN and infinities of the weight spread alike on all kernels.
          const isInside = row !== undefined && column !== undefined;
          total += weight[filter + i * across.kernel + j]! * (isInside ? x[plane + row * across.size + column]! : 0);
        });
      });
      output[at] = total;
    }
    return output;
  },
  wasm: (_, x: Float32Array, weight: Float32Array, bias: Float32Array | undefined, spec) =>
    depthwiseVector(x, weight, bias, spec),
};

/** Each element of the kernel, with the one of x that it meets at a place; undefined outside x. */
function forEachMet(along: Along, place: number, visit: (i: number, at: number | undefined) => void): void {
  for (let i = 0; i < along.kernel; i++) {
    const at = place * along.stride + i * along.dilation - along.before;
    visit(i, at >= 0 && at < along.size ? at : undefined);
  }
}
