import { kernelInfo } from "../../dist/kernels.js";
import { matmul as relaxedOrStrict } from "./ours.js";

/** If the engine has relaxed SIMD without a flag, apps do not get strict kernels by default. */
export async function matmul(task) {
  const prepared = await relaxedOrStrict(task);
  const { name } = kernelInfo();
  return name.includes("strict") ? prepared : { cannot: `the kernels here are ${name}` };
}
