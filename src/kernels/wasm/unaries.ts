import type { Unary } from "../kernels";

/** The numbers of functions of one number in the kernel's functions.ts. */
export const unaries: Readonly<Record<Unary, number>> = {
  relu: 0,
  gelu: 1,
  geluTanh: 2,
  silu: 3,
  sigmoid: 4,
  tanh: 5,
  erf: 6,
  exp: 7,
  log: 8,
  sqrt: 9,
};
