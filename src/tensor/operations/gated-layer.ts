import { kernels, type Unary } from "../../kernels";
import { device, feedForward, type GatedLayer } from "../../kernels/internal";
import { isRecording } from "../record";
import { sameShape } from "../shape";
import { numbersOf, onQuantized, quantizedOf } from "../storage";
import { Tensor } from "../tensor";
import type { Factor } from "./matmul";

/** The weights of a gated feed-forward layer. */
export interface GatedParts {
  gate: Factor;
  up: Factor;
  down: Factor;
  activation: Unary;
}

/**
 * x [batch, seq, dModel] through a gated feed-forward layer, in one call of the kernels. Undefined if they run its parts one
 * by one, or while gradients are recorded.
 */
export function fedTogether<S extends readonly [number, number, number]>(
  x: Tensor<S>,
  { gate, up, down, activation }: GatedParts,
): Tensor<S> | undefined {
  const dModel = x.shape[2];
  const wide = up.weight.shape[0]!;
  const fits = ({ weight }: Factor, rows: number, columns: number) => sameShape(weight.shape, [rows, columns]);
  if (device || isRecording() || !fits(gate, wide, dModel) || !fits(up, wide, dModel) || !fits(down, dModel, wide))
    return undefined;
  const factors = [gate, up, down];
  const layerOf = <Weight>(weights: readonly Weight[]): GatedLayer<Weight> => {
    const [first, second, third] = factors.map(({ weight, bias }, i) => ({
      weight: weights[i]!,
      rows: weight.shape[0]!,
      bias: bias && numbersOf(bias),
    }));
    return { gate: first!, up: second!, down: third!, activation };
  };
  const quantized = factors.map(({ weight }) => quantizedOf(weight)).filter((matrix) => matrix !== undefined);
  const cells = quantized.filter((matrix) => "cells" in matrix);
  if (cells.length < factors.length && quantized.length > 0) return undefined;
  const found =
    cells.length > 0
      ? kernels().run(feedForward, numbersOf(x), layerOf(cells), onQuantized().layers)
      : kernels().run(feedForward, numbersOf(x), layerOf(factors.map(({ weight }) => numbersOf(weight))));
  return found && new Tensor(x.shape, found as Float32Array);
}
