import { put, take } from "../operations/take";
import type { GradientTable } from "./table";

/** Taking from places and putting there are each other's gradients. */
export const choosingGradients: Pick<GradientTable, "take" | "put"> = {
  take: (g, { spec, inputs: [x] }) => [put(g, spec, x.shape)],

  put: (g, { spec, inputs: [x] }) => [take(g, spec, x.shape)],
};
