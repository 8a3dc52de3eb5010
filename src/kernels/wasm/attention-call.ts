import type { AttentionSpec, Spread } from "../kernels";
import type { Region } from "./region";

/** Bytes of the struct of sizes that the attention kernels read. Its layout is in assembly/attention/spec.ts. */
export const ATTENTION_SPEC_BYTES = 104;

/** More than any distance between positions, and twice as much still fits 32 bits. */
const ANYWHERE = 2 ** 29;

/** The addresses of what broadcasts over the scores; 0 if absent. */
export interface AttentionAddresses {
  mask: number;
  bias: number;
  biasGradient: number;
  kept: number;
  starts: number;
}

/** Writes the sizes of an attention call at `place`, 4-byte aligned, in the region. */
export function writeAttentionSpec(
  { integers, numbers }: Pick<Region, "integers" | "numbers">,
  place: number,
  spec: AttentionSpec<Float32Array>,
  { mask, bias, biasGradient, kept, starts }: AttentionAddresses,
): void {
  const { batch, queries, keys, capacity, heads, keyValueHeads, headDim, valueDim } = spec;
  const sizes = [batch, queries, keys, capacity, heads, keyValueHeads, headDim, valueDim];
  const behind = Math.min(spec.window ?? ANYWHERE, ANYWHERE);
  const spreads = [mask, ...steps(spec.mask), bias, ...steps(spec.bias), biasGradient, kept];
  const at = place / 4;
  integers.set([...sizes, 0, 0, behind, spec.causal ? 1 : behind, ...spreads], at);
  numbers[at + sizes.length] = spec.scale;
  numbers[at + sizes.length + 1] = spec.softcap ?? 0;
  numbers[at + 24] = spec.kept ? 1 / (1 - spec.kept.rate) : 1;
  integers[at + 25] = starts;
}

const steps = (spread: Spread<Float32Array> | undefined) => spread?.steps ?? [0, 0, 0, 0];
