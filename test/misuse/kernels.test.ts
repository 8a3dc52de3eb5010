import * as kernelFloor from "transformer-blocks/kernels";
import { testEntry } from "./entry";
import { noArguments } from "./values";

const { quantizeRows, referenceKernels } = kernelFloor;
/** Kernels by inheritance: not a plain object of options. */
const own = (): kernelFloor.Kernels => Object.create(referenceKernels);
const current = kernelFloor.kernels();

testEntry("transformer-blocks/kernels", kernelFloor, {
  functions: {
    quantizeRows: { args: () => [new Float32Array(64), 2, 32, "q8"], accepts: { 4: "any" } },
    dequantizeRows: {
      args: () => [quantizeRows(new Float32Array(64), 2, 32, "q4"), Int32Array.of(1)],
      records: ["0"],
      accepts: { 1: ["undefined"], 2: "any" },
    },
    holdKernels: { args: () => [() => 1], accepts: { 0: ["function"], 1: "any" } },
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
  classes: {
    Words: {
      construct: "Random makes one of a key that it has checked",
      on: () => new kernelFloor.Words({ key: [0, 1], start: 0 }, (_, count) => new Uint32Array(count)),
      methods: { next: noArguments, skip: "Random calls it" },
    },
  },
  objects: {
    BLOCK: {},
    referenceKernels: "operations call them with what they have checked; a check here would cost time in hot loops",
  },
});
