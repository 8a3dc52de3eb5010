import type { RowAttention } from "../kernels/internal";
import type { MultiHeadAttention } from "./attention";

/** Whether nothing but attention itself comes between the projections and Wᴼ. */
export const isOnlyAttention = (layer: MultiHeadAttention): boolean =>
  !layer.queries &&
  !layer.keys &&
  !layer.values &&
  !layer.context &&
  !layer.scoreBias &&
  !layer.sinks &&
  !layer.lends &&
  layer.value !== layer.key;

/** A layer's attention, as kernels are told. */
export function rowAttention({ headDim, ...layer }: MultiHeadAttention): RowAttention {
  const { heads, keyValueHeads, window, softcap, scale = 1 / Math.sqrt(headDim) } = layer;
  return { heads, keyValueHeads, headDim, scale, window, softcap };
}
