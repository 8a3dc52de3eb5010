import * as kernelFloor from "transformer-blocks/kernels";
import { testEntry } from "./entry";

const { referenceKernels } = kernelFloor;
/** Kernels by inheritance: not a plain object of options. */
const own = (): kernelFloor.Kernels => Object.create(referenceKernels);
const current = kernelFloor.kernels();

testEntry("transformer-blocks/kernels", kernelFloor, {
  functions: {
    withKernels: { args: () => [own(), () => 1], accepts: { 1: ["function"], 2: "any" } },
    useKernels: {
      args: () => [own()],
      accepts: { 1: "any" },
      after: () => kernelFloor.useKernels(current),
    },
    kernels: { args: () => [], accepts: { 0: "any" } },
    kernelInfo: { args: () => [], accepts: { 0: "any" } },
    strictKernels: { args: () => [], accepts: { 0: "any" } },
    useThreads: { args: () => [1], accepts: { 1: "any" } },
  },
  classes: {},
  objects: {
    referenceKernels: "operations call them with what they have checked; a check here would cost time in hot loops",
  },
});
