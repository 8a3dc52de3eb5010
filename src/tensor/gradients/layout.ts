import { kernels } from "../../kernels";
import { permute, reshape, slice, tril, triu } from "../operations/layout";
import { alongAxis, sizeOf } from "../shape";
import { Tensor } from "../tensor";
import type { GradientTable } from "./table";

export const layoutGradients: Pick<
  GradientTable,
  "sum" | "reshape" | "permute" | "slice" | "concatenate" | "triangle"
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
    const buffer = kernels().fill(sizeOf(x.shape), 0);
    kernels().place(buffer, axis, start, g.buffer);
    return [new Tensor(x.shape, buffer)];
  },

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
