import { blockGradients } from "./blocks";
import { choosingGradients } from "./choosing";
import { controlGradients } from "./control";
import { convolutionGradients } from "./convolution";
import { elementwiseGradients } from "./elementwise";
import { functionGradients } from "./functions";
import { layoutGradients } from "./layout";
import { matmulGradients } from "./matmul";
import type { GradientTable } from "./table";

export const gradients: GradientTable = {
  ...elementwiseGradients,
  ...functionGradients,
  ...layoutGradients,
  ...choosingGradients,
  ...matmulGradients,
  ...blockGradients,
  ...controlGradients,
  ...convolutionGradients,
};
