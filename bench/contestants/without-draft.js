import { decoding } from "./ours-speculative.js";
import { withKernels } from "./with-kernels.js";

export const speculative = withKernels((task) => decoding(task, false));
