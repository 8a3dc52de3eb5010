import { ShapeError, Tensor } from "../tensor";
import { indices, sameShape } from "../tensor/internal";
import type { Pass } from "./pass";

/**
 * Which positions a pass keeps: 1 for a token, 0 for padding, [batch · seq]; undefined without padding.
 *
 * @throws TypeError if the mask is a tensor, which need not be the same for every query
 */
export function keptBy({ mask }: Pass, where: string, batch: number, seq: number): Int32Array | undefined {
  if (mask === undefined || mask === "causal") return undefined;
  if (mask instanceof Tensor)
    throw new TypeError(`${where}: pass.mask must be padding as [batch][seq] here, not a Tensor`);
  return matrixOf(`${where}: pass.mask`, mask, 2, [batch, seq]);
}

/** @throws ShapeError unless there is one number for each position */
export function matrixOf(
  name: string,
  rows: readonly (readonly number[])[],
  limit: number,
  wanted: readonly [batch: number, seq: number],
): Int32Array {
  const { values, shape } = indices(name, rows, limit);
  if (!sameShape(shape, wanted))
    throw new ShapeError(`${name} [${shape.join(", ")}] must be [${wanted.join(", ")}], as the hidden state`);
  return values;
}

/** 1 for a token, 0 for padding, as a tensor of this shape; undefined without padding, or if the mask is a tensor. */
export function paddingOf(pass: Pass, where: string, shape: readonly [batch: number, seq: number, ...ones: number[]]) {
  const kept = pass.mask instanceof Tensor ? undefined : keptBy(pass, where, shape[0], shape[1]);
  return kept && new Tensor(shape, Float32Array.from(kept));
}
