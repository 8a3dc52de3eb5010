import type { Binary, Broadcast, Selection, Unary } from "../kernels";
import { complementaryErf, erf } from "./erf";

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
/** sigmoid(x) (1 − sigmoid(x)), without cancellation. */
const sigmoidSlope = (x: number) => {
  const power = Math.exp(-Math.abs(x));
  return power / (1 + power) ** 2;
};
/** The cumulative distribution of the standard normal, Φ(x). */
const normalCumulative = (x: number) => 0.5 * complementaryErf(-x / Math.SQRT2);
const normalDensity = (x: number) => Math.exp(-0.5 * x * x) / Math.sqrt(2 * Math.PI);
/** Twice the argument of tanh in GELU's approximation, 2 √(2/π) (x + 0.044715 x³), and its derivative. */
const geluInner = (x: number) => 2 * Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3);
const geluInnerSlope = (x: number) => 2 * Math.sqrt(2 / Math.PI) * (1 + 3 * 0.044715 * x * x);

type Scalar = (x: number) => number;

const unaries: { [Name in Unary]: Scalar } = {
  relu: (x) => Math.max(x, 0),
  gelu: (x) => x * normalCumulative(x),
  // ½ (1 + tanh u) = sigmoid(2u)
  geluTanh: (x) => x * sigmoid(geluInner(x)),
  silu: (x) => x * sigmoid(x),
  sigmoid: sigmoid,
  tanh: Math.tanh,
  erf: erf,
  exp: Math.exp,
  log: Math.log,
  sqrt: Math.sqrt,
};

const derivatives: { [Name in Unary]: Scalar } = {
  relu: (x) => (x <= 0 ? 0 : 1),
  gelu: (x) => normalCumulative(x) + x * normalDensity(x),
  geluTanh: (x) => sigmoid(geluInner(x)) + x * sigmoidSlope(geluInner(x)) * geluInnerSlope(x),
  silu: (x) => sigmoid(x) + x * sigmoidSlope(x),
  sigmoid: sigmoidSlope,
  tanh: (x) => 4 * sigmoidSlope(2 * x),
  erf: (x) => (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x),
  // Kept finite, so that a gradient of 0 stays 0 unless x is NaN.
  exp: (x) => Math.exp(Math.min(x, 700)),
  log: (x) => 1 / x,
  sqrt: (x) => 0.5 / Math.sqrt(x),
};

const binaries: { [Name in Binary]: (a: number, b: number) => number } = {
  add: (a, b) => a + b,
  subtract: (a, b) => a - b,
  multiply: (a, b) => a * b,
  divide: (a, b) => a / b,
};

export function unary(name: Unary, x: Float32Array, factor?: Float32Array): Float32Array {
  const value = unaries[name];
  return factor ? x.map((each, i) => value(each) * factor[i]!) : x.map(value);
}

export function unaryGradient(
  name: Unary,
  x: Float32Array,
  gradient: Float32Array,
  factor?: Float32Array,
): Float32Array {
  const derivative = derivatives[name];
  return gradient.map((g, i) => g * derivative(x[i]!) * (factor?.[i] ?? 1));
}

export function clampGradient(x: Float32Array, minimum: number, maximum: number, gradient: Float32Array): Float32Array {
  const output = new Float32Array(x.length);
  for (let i = 0; i < x.length; i++) output[i] = x[i]! >= minimum && x[i]! <= maximum ? gradient[i]! : 0;
  return output;
}

export function binary(
  name: Binary,
  a: Float32Array,
  b: Float32Array,
  { shape, stepsA, stepsB }: Broadcast,
): Float32Array {
  const apply = binaries[name];
  const output = new Float32Array(sizeOf(shape));
  forEachRow(shape, [stepsA, stepsB], (start, columns, [offsetA, offsetB], [stepA, stepB]) => {
    for (let j = 0; j < columns; j++) output[start + j] = apply(a[offsetA! + j * stepA!]!, b[offsetB! + j * stepB!]!);
  });
  return output;
}

/** Each factor is a float32 number, so that no product overflows float64. */
export function divideGradient(
  gradient: Float32Array,
  a: Float32Array,
  b: Float32Array,
  { shape, stepsA, stepsB }: Broadcast,
): Float32Array {
  const output = new Float32Array(gradient.length);
  forEachRow(shape, [stepsA, stepsB], (start, columns, [offsetA, offsetB], [stepA, stepB]) => {
    for (let j = 0; j < columns; j++) {
      const divisor = b[offsetB! + j * stepB!]!;
      output[start + j] = (-gradient[start + j]! * a[offsetA! + j * stepA!]!) / (divisor * divisor);
    }
  });
  return output;
}

export function where(condition: Float32Array, a: Float32Array, b: Float32Array, selection: Selection): Float32Array {
  const { shape, stepsCondition, stepsA, stepsB } = selection;
  const output = new Float32Array(sizeOf(shape));
  forEachRow(
    shape,
    [stepsCondition, stepsA, stepsB],
    (start, columns, [offsetC, offsetA, offsetB], [stepC, stepA, stepB]) => {
      for (let j = 0; j < columns; j++) {
        const chosen = condition[offsetC! + j * stepC!] !== 0;
        output[start + j] = chosen ? a[offsetA! + j * stepA!]! : b[offsetB! + j * stepB!]!;
      }
    },
  );
  return output;
}

/** The number of elements of a shape. */
export function sizeOf(shape: readonly number[]): number {
  let product = 1;
  for (let axis = 0; axis < shape.length; axis++) product *= shape[axis]!;
  return product;
}

/** Calls `visit` for each row of the last axis, with its index in the result, and each operand's index and step. */
export function forEachRow(
  shape: readonly number[],
  operands: readonly (readonly number[])[],
  visit: (start: number, columns: number, offsets: readonly number[], steps: readonly number[]) => void,
): void {
  const rank = shape.length;
  const columns = shape[rank - 1] ?? 1;
  const size = sizeOf(shape);
  const last = operands.map((steps) => steps[rank - 1] ?? 0);
  const index = new Array<number>(rank).fill(0);
  for (let start = 0; start < size; start += columns) {
    const offsets = operands.map((steps) => {
      let offset = 0;
      for (let axis = 0; axis < rank - 1; axis++) offset += index[axis]! * steps[axis]!;
      return offset;
    });
    visit(start, columns, offsets, last);
    advance(index, shape, rank - 2);
  }
}

/** Increments `index` by one in the mixed radix of `shape`, carrying from `axis` to the left. */
export function advance(index: number[], shape: readonly number[], axis: number): void {
  for (let i = axis; i >= 0; i--) {
    index[i]!++;
    if (index[i]! < shape[i]!) return;
    index[i] = 0;
  }
}
