import type { Kernels } from "../kernels";
import { referenceKernels } from "../reference";
import { Arenas, MEBIBYTE } from "./arenas";
import { Attentions } from "./attention";
import { binary, unary, where } from "./elementwise";
import { Products } from "./matmul";
import { bestFlavor, compiled, type Flavor } from "./module";
import { RandomNumbers } from "./random";
import { Rows } from "./rows";
import { Workspace } from "./workspace";

/** The kernels of one binary. Memory is allocated at first use. */
export function wasmKernels(flavor: Flavor): Kernels<Float32Array> {
  const compile = () => compiled(flavor);
  const workspace = new Workspace(compile);
  const arenas = new Arenas(compile, 512 * MEBIBYTE);
  // The memory of a dropped cache is freed only with its whole arena: so caches have smaller arenas, separate from
  // parameters.
  const caches = new Arenas(compile, 64 * MEBIBYTE);
  const products = new Products(arenas, workspace);
  const rows = new Rows(workspace);
  const attentions = new Attentions(caches, workspace);
  const randomNumbers = new RandomNumbers(workspace);
  return {
    ...referenceKernels,
    name: `wasm, ${flavor}`,
    simd: true,
    run: (primitive, ...args) => (primitive.wasm?.(flavor, ...args) ?? primitive.reference(...args)) as never,
    keep: (values) => arenas.keep(values),
    room: (size) => arenas.room(size),
    reserve: (sizes) => caches.reserve(sizes),
    binary,
    where,
    unary,
    softmax: (x, axis) => rows.softmax(x, axis),
    logSoftmax: (x, axis) => rows.logSoftmax(x, axis),
    layerNorm: (x, weight, bias, spec) => rows.layerNorm(x, weight, bias, spec),
    rmsNorm: (x, weight, spec) => rows.rmsNorm(x, weight, spec),
    attention: (q, k, v, spec) => attentions.attention(q, k, v, spec),
    rotary: (x, cosines, sines, spec, inverse) => rows.rotary(x, cosines, sines, spec, inverse),
    words: (stream, count) => randomNumbers.words(stream, count),
    normal: (stream, count) => randomNumbers.normal(stream, count),
    choosePlaces: (stream, count, rate) => randomNumbers.choosePlaces(stream, count, rate),
    dropout: (x, kept) => randomNumbers.dropout(x, kept),
    multiplyRow: (x, factors) => products.multiplyRow(x, factors),
    matmul: (a, b, spec, bias) => products.matmul(a, b, spec, bias),
  };
}

/** Whether the binary compiles: a page's Content-Security-Policy may forbid it. */
function compiles(flavor: Flavor): boolean {
  try {
    compiled(flavor);
    return true;
  } catch {
    return false;
  }
}

let strict: Kernels<Float32Array> | undefined;

/**
 * The WebAssembly kernels without relaxed instructions, whose rounding may differ between processors: these give the
 * same bits on all. Choose them before models get values, which are stored in kernel memory.
 *
 * @throws WebAssembly.CompileError at first use, if the engine has no SIMD
 * @example
 * ```ts
 * import { kernelInfo, strictKernels, useKernels } from "transformer-blocks/kernels";
 * useKernels(strictKernels());
 * kernelInfo().name; // "wasm, strict"
 * ```
 */
export function strictKernels(): Kernels<Float32Array> {
  strict ??= wasmKernels("strict");
  return strict;
}

/** The fastest kernels that run here. */
export function fastestKernels(): Kernels<Float32Array> {
  const flavor = bestFlavor();
  if (flavor === undefined || !compiles(flavor)) return referenceKernels;
  return flavor === "strict" ? strictKernels() : wasmKernels(flavor);
}
