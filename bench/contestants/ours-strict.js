import { strictKernels, useKernels } from "../../dist/kernels.js";

// Before models get their values. An engine whose relaxed SIMD needs no flag would choose the relaxed kernels.
useKernels(strictKernels());

export { decode, encode, matmul, prefill } from "./ours.js";
