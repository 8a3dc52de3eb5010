import { blockGradients } from "./blocks";
import { elementwiseGradients } from "./elementwise";
import { functionGradients } from "./functions";
import { layoutGradients } from "./layout";
import { matmulGradients } from "./matmul";
import type { GradientTable } from "./table";

export const gradients: GradientTable = {
  ...elementwiseGradients,
  ...functionGradients,
  ...layoutGradients,
  ...matmulGradients,
  ...blockGradients,
};
