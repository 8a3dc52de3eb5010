import { roomFor, Spec, STRIP, TILE } from "./spec";

export const SCORES: usize = <usize>TILE * 32;
export const SQUARE: usize = <usize>TILE * <usize>TILE * 4;

/** The bytes of scratch per thread, independent of sequence lengths. */
export function attentionGradientScratchBytes(headDim: i32, valueDim: i32): usize {
  const ofHead = roomFor(TILE, headDim) * 5 + roomFor(STRIP, headDim);
  return ofHead + roomFor(TILE, valueDim) * 4 + SCORES * 3 + SQUARE * 2 + (<usize>TILE << 2);
}

// The addresses of the parts of the scratch. Each thread has its own instance of the module, and so its own addresses.
// "Across" is packed with rows side by side, "along" with columns, by the functions of those names.
export let kAcross: usize = 0;
export let kAlong: usize = 0;
export let kSums: usize = 0;
export let qAcross: usize = 0;
export let qAlong: usize = 0;
export let qSums: usize = 0;
export let vAcross: usize = 0;
export let vSums: usize = 0;
export let gAcross: usize = 0;
export let gAlong: usize = 0;
/** p as panels of eight keys, [queries][8] each; ∂s after it. */
export let panels: usize = 0;
/** s, then p, of one strip; after it g vᵀ, then ∂s; after that the argument of a softcap's tanh. */
export let strips: usize = 0;
/** g · output of each query. */
export let dots: usize = 0;

export function layOut(spec: Spec, scratch: usize): void {
  const ofHead = roomFor(TILE, spec.headDim);
  const ofValue = roomFor(TILE, spec.valueDim);
  kAcross = scratch;
  kAlong = kAcross + ofHead;
  kSums = kAlong + ofHead;
  qAcross = kSums + ofHead;
  qAlong = qAcross + ofHead;
  qSums = qAlong + ofHead;
  vAcross = qSums + roomFor(STRIP, spec.headDim);
  vSums = vAcross + ofValue;
  gAcross = vSums + ofValue;
  gAlong = gAcross + ofValue;
  panels = gAlong + ofValue;
  strips = panels + SQUARE * 2;
  dots = strips + SCORES * 3;
}
