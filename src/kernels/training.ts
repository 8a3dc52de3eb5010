/**
 * What only training runs: gradients of the kernels of a transformer, the loss and the step of the optimizer. Pages that
 * do not train leave them out.
 */

import type { Buffer, IndexBuffer } from "./buffers";
import type { Primitive } from "./primitive";
import * as adam from "./reference/adamw";
import * as attention from "./reference/attention";
import * as elementwise from "./reference/elementwise";
import * as losses from "./reference/loss";
import * as norms from "./reference/norm";
import * as positions from "./reference/positions";
import * as lines from "./reference/reduction";
import type { AdamWSpec, Attended, AttentionSpec, Axis, Broadcast, LossSpec, NormSpec, Unary } from "./specs";
import * as wasmAttention from "./wasm/training/attention";
import * as wasmElementwise from "./wasm/training/elementwise";
import * as wasmLosses from "./wasm/training/loss";
import * as wasmNorms from "./wasm/training/norm";
import * as wasmAdam from "./wasm/training/optimizer";
import * as wasmScatter from "./wasm/training/scatter";
import * as wasmLines from "./wasm/training/softmax";

type Weight = Buffer | undefined;

/** gradient · f′(x), times a factor if given. */
export const unaryGradient: Primitive<[name: Unary, x: Buffer, gradient: Buffer, factor?: Weight], Buffer> = {
  name: "unaryGradient",
  reference: elementwise.unaryGradient,
  wasm: wasmElementwise.unaryGradient,
};

/** −gradient · a / b², rounded once: the gradient of `divide` for b. The gradient has the broadcast shape of a and b. */
export const divideGradient: Primitive<[gradient: Buffer, a: Buffer, b: Buffer, broadcast: Broadcast], Buffer> = {
  name: "divideGradient",
  reference: elementwise.divideGradient,
  wasm: wasmElementwise.divideGradient,
};

/** The gradient where x is between the bounds or on them, 0 elsewhere. */
export const clampGradient: Primitive<[x: Buffer, minimum: number, maximum: number, gradient: Buffer], Buffer> = {
  name: "clampGradient",
  reference: elementwise.clampGradient,
};

/** The gradient by x of y = softmax(x). */
export const softmaxGradient: Primitive<[y: Buffer, axis: Axis, gradient: Buffer], Buffer> = {
  name: "softmaxGradient",
  reference: lines.softmaxGradient,
  wasm: wasmLines.softmaxGradient,
};

/** The gradient by x of y = logSoftmax(x). */
export const logSoftmaxGradient: Primitive<[y: Buffer, axis: Axis, gradient: Buffer], Buffer> = {
  name: "logSoftmaxGradient",
  reference: lines.logSoftmaxGradient,
  wasm: wasmLines.logSoftmaxGradient,
};

export const layerNormGradient: Primitive<
  [x: Buffer, weight: Weight, spec: NormSpec, gradient: Buffer],
  { x: Buffer; weight: Buffer; bias: Buffer }
> = { name: "layerNormGradient", reference: norms.layerNormGradient, wasm: wasmNorms.layerNormGradient };

export const rmsNormGradient: Primitive<
  [x: Buffer, weight: Weight, spec: NormSpec, gradient: Buffer],
  { x: Buffer; weight: Buffer }
> = { name: "rmsNormGradient", reference: norms.rmsNormGradient, wasm: wasmNorms.rmsNormGradient };

export const attentionGradient: Primitive<
  [q: Buffer, k: Buffer, v: Buffer, spec: AttentionSpec, attended: Attended, gradient: Buffer],
  { q: Buffer; k: Buffer; v: Buffer; bias: Buffer | undefined }
> = { name: "attentionGradient", reference: attention.attentionGradient, wasm: wasmAttention.attentionGradient };

/** Adds row i of gradient to row `ids[i]` of zeros [rows, size]. */
export const scatterRows: Primitive<[gradient: Buffer, ids: IndexBuffer, rows: number, size: number], Buffer> = {
  name: "scatterRows",
  reference: positions.scatterRows,
  wasm: wasmScatter.scatterRows,
};

/** The loss of each row, −weight · log softmax(logits)[target]. */
export const crossEntropy: Primitive<[logits: Buffer, spec: LossSpec], Buffer> = {
  name: "crossEntropy",
  reference: losses.crossEntropy,
  wasm: wasmLosses.crossEntropy,
};

export const crossEntropyGradient: Primitive<[logits: Buffer, spec: LossSpec, gradient: Buffer], Buffer> = {
  name: "crossEntropyGradient",
  reference: losses.crossEntropyGradient,
  wasm: wasmLosses.crossEntropyGradient,
};

/** One AdamW step, in place on the parameter and both moments. Returns the parameter. */
export const adamW: Primitive<
  [parameter: Buffer, gradient: Buffer, first: Buffer, second: Buffer, spec: AdamWSpec],
  Buffer
> = { name: "adamW", reference: adam.adamW, wasm: wasmAdam.adamW };
