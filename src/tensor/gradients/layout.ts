import { kernels } from "../../kernels";
import { zeros } from "../make";
import { concatenate, permute, reshape, slice, tril, triu } from "../operations/layout";
import { repeatLines, sumLines } from "../operations/reduction";
import { alongAxis, sizeOf } from "../shape";
import { Tensor } from "../tensor";
import type { GradientTable } from "./table";

export const layoutGradients: Pick<
  GradientTable,
  "sum" | "repeatLines" | "reshape" | "permute" | "slice" | "concatenate" | "triangle"
> = {
  sum: (g, { spec: axis, inputs: [x] }) => [repeatLines(g, axis, x.shape)],

  repeatLines: (g, { spec: axis, inputs: [x] }) => [sumLines(g, axis, x.shape)],

  reshape: (g, { inputs: [x] }) => [reshape(g, x.shape)],

  permute: (g, { spec: order }) => [
    permute(
      g,
      order.map((_, axis) => order.indexOf(axis)),
    ),
  ],

  slice: {
    kernel: (g, { spec: { axis, start }, inputs: [x] }) => {
      const buffer = kernels().fill(sizeOf(x.shape), 0);
      kernels().place(buffer, axis, start, g.buffer);
      return [new Tensor(x.shape, buffer)];
    },
    operations: (g, { spec: { axis, start }, inputs: [x] }) => {
      const { outer, inner } = axis;
      const length = sizeOf(g.shape) / Math.max(1, outer * inner);
      const around = (size: number) => zeros([outer, size, inner]);
      const parts = [around(start), reshape(g, [outer, length, inner]), around(axis.size - start - length)];
      return [reshape(concatenate(parts, { axis: 1 }), x.shape)];
    },
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
