import { decoding } from "./ours-constraints.js";
import { withKernels } from "./with-kernels.js";

export const constraints = withKernels((task) => decoding(task, false));
