import { kernels } from "../../kernels";
import { permute, reshape, slice, tril, triu } from "../operations/layout";
import { put, take } from "../operations/take";
import { alongAxis, sizeOf } from "../shape";
import { Tensor } from "../tensor";
import type { GradientTable } from "./table";

export const layoutGradients: Pick<
  GradientTable,
  "sum" | "reshape" | "permute" | "slice" | "take" | "put" | "concatenate" | "triangle"
> = {
  sum: (g, { spec: axis, inputs: [x] }) => [new Tensor(x.shape, kernels().repeat(g.buffer, axis))],

  reshape: (g, { inputs: [x] }) => [reshape(g, x.shape)],

  permute: (g, { spec: order }) => [
    permute(
      g,
      order.map((_, axis) => order.indexOf(axis)),
    ),
  ],

  slice: (g, { spec: { axis, start }, inputs: [x] }) => {
    const buffer = new Float32Array(sizeOf(x.shape));
    kernels().place(buffer, axis, start, g.buffer);
    return [new Tensor(x.shape, buffer)];
  },

  take: (g, { spec, inputs: [x] }) => [put(g, spec, x.shape)],

  put: (g, { spec, inputs: [x] }) => [take(g, spec, x.shape)],

  concatenate: (g, { spec: { axis }, inputs }) => {
    let start = 0;
    return inputs.map((input) => {
      const { size } = alongAxis(input.shape, axis);
      start += size;
      return slice(g, { axis, start: start - size, end: start });
    });
  },

  triangle: (g, { spec: { diagonal, side } }) => [side === "lower" ? tril(g, { diagonal }) : triu(g, { diagonal })],
};
