/**
 * Operations on one row that follow each other, as in all layers of a decoding step, in one call: between two products
 * nothing is allocated, and what has left the processor's cache is not fetched again. One thread leads through the steps;
 * the others take parts of its products and heads of its attention.
 */
import { GELU, GELU_TANH, RELU, SIGMOID, SILU, value } from "../elements/functions";
import { quantizeForEight, quantizeForFour } from "../products/quantize-row";
import { multiplyRow } from "../products/row";
import { multiplyQuantizedRow } from "../products/quantized-row";
import { layerNorm, rmsNorm } from "../rows/norm";
import { rotary } from "../rows/rotary";

/** Kinds of steps, in the order of ../../row-part.ts. */
const RMS_NORM: i32 = 0;
const LAYER_NORM: i32 = 1;
const UNARY: i32 = 2;
const ADD: i32 = 3;
const ROTARY: i32 = 4;
const PRODUCTS: i32 = 5;
const ATTENTION: i32 = 6;
const COPY: i32 = 7;

/** Readies an attention, by its place in a chain: the heads of a part; 0 if the steps must end here. */
// @ts-ignore: decorator
@external("env", "beginAttention")
declare function beginAttention(place: i32): i32;
/** Computes heads of it: keys and values lie in another memory. */
// @ts-ignore: decorator
@external("env", "attendHeads")
declare function attendHeads(from: i32, to: i32): void;
/** Takes its result: 0 if the steps must end here. */
// @ts-ignore: decorator
@external("env", "endAttention")
declare function endAttention(place: i32): i32;

/** A step: addresses and sizes, whose meaning depends on its kind. */
@unmanaged
class Step {
  kind: i32;
  /** What it reads: of a sum, the first number of both. */
  x: usize;
  /** What it writes; for a rotation x. */
  y: usize;
  /** A norm's weight, the factor of a function, what is added, or cosines; of a product, where x is quantized. */
  a: usize;
  /** A norm's bias, or sines; of a product, the scales of x. */
  b: usize;
  /** The numbers of x, or of a head. */
  size: i32;
  /** Of a function its name, of a rotation its heads, of a product the bits of a weight's numbers, of attention its place. */
  name: i32;
  /** Of a product, its factors and how many there are; of a rotation, half the dimensions and whether they alternate. */
  factors: usize;
  count: i32;
  /** Of a product, the rows of all factors, and those of a part; of attention, heads. */
  rows: i32;
  epsilon: f64;
  grain: i32;
  rest: i32;
}

const STEP: usize = 56;

/** What threads share. `ticket` is the number of the step and the parts that are left, or −1 after the last step. */
@unmanaged
class Shared {
  ticket: i32;
  done: i32;
  /** Set to 1 if numbers are such that other kernels must do this. */
  extreme: i32;
  rest: i32;
}

// The places in Shared.
const DONE: usize = 4;
const EXTREME: usize = 8;
const PART_BITS: i32 = 10;
const PARTS: i32 = (1 << PART_BITS) - 1;

/**
 * Leads through the steps `first` to `end`.
 * @param shared a `Shared` of zeros
 */
export function runSteps(steps: usize, first: i32, end: i32, shared: usize): void {
  for (let i = first; i < end; i++) {
    const step = changetype<Step>(steps + <usize>i * STEP);
    const kind = step.kind;
    if (kind == RMS_NORM) rmsNorm(step.x, step.a, step.y, step.size, step.epsilon, shared + EXTREME, 0, 1);
    else if (kind == LAYER_NORM) layerNorm(step.x, step.a, step.b, step.y, step.size, step.epsilon, shared + EXTREME, 0, 1);
    else if (kind == UNARY) apply(step);
    else if (kind == ADD) add(step);
    else if (kind == ROTARY) rotary(step.x, step.a, step.b, step.name, step.size, <i32>step.factors, <bool>step.count, 0, 0, step.name);
    else if (kind == PRODUCTS) multiply(steps, i, shared);
    else if (kind == COPY) memory.copy(step.y, step.x, <usize>step.size << 2);
    else if (!attend(steps, i, shared)) break;
  }
  atomic.store<i32>(shared, -1);
}

/**
 * Takes parts of what another thread leads through, until its end.
 * @param _from unused, like `_to`: a thread takes what is to be done
 */
export function helpSteps(steps: usize, shared: usize, _from: i32, _to: i32): void {
  while (atomic.load<i32>(shared) != -1) takePart(steps, shared);
}

/** A product: x is quantized here, and its parts are taken by all threads. */
function multiply(steps: usize, index: i32, shared: usize): void {
  const step = changetype<Step>(steps + <usize>index * STEP);
  if (step.name == 8) quantizeForEight(step.x, step.size, step.a, step.b);
  else if (step.name == 4) quantizeForFour(step.x, step.size, step.a, step.b);
  share(steps, index, shared);
  // A row with infinity or NaN cannot be rounded: all products with it are NaN.
  const first = f32.load(load<usize>(step.factors, 4));
  if (first != first && step.name != 32) i32.store(shared, 1, EXTREME);
}

/** @returns whether the next step may follow */
function attend(steps: usize, index: i32, shared: usize): bool {
  const step = changetype<Step>(steps + <usize>index * STEP);
  if (i32.load(shared, EXTREME)) return false;
  step.grain = beginAttention(step.name);
  if (step.grain == 0) return false;
  share(steps, index, shared);
  return endAttention(step.name) != 0;
}

/** Has all threads take parts of a step, and waits for the last one. */
function share(steps: usize, index: i32, shared: usize): void {
  const step = changetype<Step>(steps + <usize>index * STEP);
  const parts = (step.rows - 1) / step.grain + 1;
  atomic.store<i32>(shared, 0, DONE);
  atomic.store<i32>(shared, (index << PART_BITS) | parts);
  while (takePart(steps, shared)) {}
  while (atomic.load<i32>(shared, DONE) < parts) {}
}

/** @returns whether there was one */
function takePart(steps: usize, shared: usize): bool {
  const ticket = atomic.load<i32>(shared);
  const left = ticket & PARTS;
  if (ticket == -1 || left == 0) return false;
  if (atomic.cmpxchg<i32>(shared, ticket, ticket - 1) != ticket) return true;
  const step = changetype<Step>(steps + <usize>(ticket >> PART_BITS) * STEP);
  const from = (left - 1) * step.grain;
  const to = min(from + step.grain, step.rows);
  if (step.kind == ATTENTION) attendHeads(from, to);
  else if (step.name == 32) multiplyRow(step.factors, step.count, step.x, step.size, from, to);
  else multiplyQuantizedRow(step.name, step.factors, step.count, step.a, step.b, step.size, from, to);
  atomic.add<i32>(shared, 1, DONE);
  return true;
}

function add(step: Step): void {
  for (let at: usize = 0; at < <usize>step.size << 2; at += 16) {
    v128.store(step.y + at, f32x4.add(v128.load(step.x + at), v128.load(step.a + at)));
  }
}

/** y = f(x), times a factor each unless that is 0. */
function apply(step: Step): void {
  const name = step.name;
  if (name == SILU) map(SILU, step);
  else if (name == GELU) map(GELU, step);
  else if (name == GELU_TANH) map(GELU_TANH, step);
  else if (name == RELU) map(RELU, step);
  else map(SIGMOID, step);
}

// @ts-ignore: decorator
@inline
function map(name: i32, step: Step): void {
  const end = step.x + (<usize>step.size << 2);
  let x = step.x;
  let y = step.y;
  let factor = step.a;
  do {
    let result = value(name, v128.load(x));
    if (factor) {
      result = f32x4.mul(result, v128.load(factor));
      factor += 16;
    }
    v128.store(y, result);
    x += 16;
    y += 16;
  } while (x < end);
}
