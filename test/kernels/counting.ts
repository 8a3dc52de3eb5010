import type { Kernels } from "../../src/kernels";

/** The kernels, and how often they ran a primitive of such a name: what they left to others does not count. */
export function counting(kernels: Kernels<Float32Array>, name: RegExp) {
  const calls = { count: 0 };
  const run: Kernels<Float32Array>["run"] = (primitive, ...args) => {
    const result = kernels.run(primitive, ...args);
    if (name.test(primitive.name) && result !== undefined) calls.count++;
    return result;
  };
  return { kernels: { ...kernels, run }, calls };
}
