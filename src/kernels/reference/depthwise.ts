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
  reference: (x, weight, bias, { batch, channels, out, axes }) => {
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
          total += weight[filter + i * across.kernel + j]! * x[plane + row * across.size + column]!;
        });
      });
      output[at] = total;
    }
    return output;
  },
  wasm: depthwiseVector,
};

/** The elements of the kernel that meet one of x at a place. */
function forEachMet(along: Along, place: number, visit: (i: number, at: number) => void): void {
  for (let i = 0; i < along.kernel; i++) {
    const at = place * along.stride + i * along.dilation - along.before;
    if (at >= 0 && at < along.size) visit(i, at);
  }
}
