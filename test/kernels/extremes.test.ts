import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { kernels as current, type Kernels, type Unary, useKernels } from "../../src/kernels";
import { unaryGradient } from "../../src/kernels/internal";
import {
  add,
  crossEntropy,
  divide,
  type GatedOptions,
  layerNorm,
  logSoftmax,
  multiply,
  rmsNorm,
  type Shape,
  softmax,
  subtract,
  sum,
  Tensor,
  valueAndGradients,
} from "../../src/tensor";
import { normal, seeds, size } from "./compare";
import { cumulative } from "./formulas";
import { named } from "./implementations";

/** Below this the fast kernels may take a function, its slope or a weight for 0: docs/performance.md says so. */
const SMALLEST = 2 ** -126;
const MOST = (2 - 2 ** -23) * 2 ** 127;
const MAGNITUDES = [1e-45, 1e-40, 1e-38, 1e-30, 1e-20, 1e-10, 1e-3, 1, 3.7, 1e5, 1e10, 1e20, 1e30, MOST];
const SIGNED = MAGNITUDES.flatMap((x) => [x, -x]).map(Math.fround);

/** A term of a sum in float64; what cancels is bounded by the greatest. */
type Terms = readonly number[];

const density = (x: number) => Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);
const logistic = (x: number) => (x < 0 ? Math.exp(x) / (1 + Math.exp(x)) : 1 / (1 + Math.exp(-x)));
const bell = (x: number) => logistic(x) * logistic(-x);
const inner = (x: number) => 1.5957691216057308 * x * (1 + 0.044715 * x * x);

/** Each function and its slope as sums of terms. */
const functions: { [Name in Unary]: { value: (x: number) => Terms; slope: (x: number) => Terms } } = {
  relu: { value: (x) => [x > 0 ? x : 0], slope: (x) => [x > 0 ? 1 : 0] },
  gelu: { value: (x) => [x * cumulative(x)], slope: (x) => [cumulative(x), x * density(x)] },
  geluTanh: {
    value: (x) => [x * logistic(inner(x))],
    slope: (x) => [logistic(inner(x)), x * bell(inner(x)) * 1.5957691216057308 * (1 + 3 * 0.044715 * x * x)],
  },
  silu: { value: (x) => [x * logistic(x)], slope: (x) => [logistic(x), x * bell(x)] },
  sigmoid: { value: (x) => [logistic(x)], slope: (x) => [bell(x)] },
  tanh: { value: (x) => [Math.tanh(x)], slope: (x) => [4 * bell(2 * x)] },
  erf: {
    value: (x) => [Math.abs(x) < 1e-3 ? 1.1283791670955126 * (x - x ** 3 / 3) : 2 * cumulative(x * Math.SQRT2) - 1],
    slope: (x) => [1.1283791670955126 * Math.exp(-x * x)],
  },
  exp: { value: (x) => [Math.exp(x)], slope: (x) => [Math.exp(x)] },
  log: { value: (x) => [Math.log(x)], slope: (x) => [1 / x] },
  sqrt: { value: (x) => [Math.sqrt(x)], slope: (x) => [0.5 / Math.sqrt(x)] },
};

const POINTS = [
  1e-45,
  1e-30,
  1e-8,
  0.1,
  0.7,
  1,
  2.4,
  5,
  8,
  10,
  12.9,
  20,
  43,
  60,
  80,
  87,
  88.5,
  100,
  150,
  1e3,
  1e20,
  MOST,
];

/** Arguments, and two factors that they meet. */
function grid(name: Unary) {
  const defined = name === "log" || name === "sqrt" ? POINTS : POINTS.flatMap((x) => [x, -x]);
  const all = defined.flatMap((x) => SIGNED.flatMap((a) => SIGNED.map((b) => [Math.fround(x), a, b] as const)));
  return {
    x: Float32Array.from(all, ([x]) => x),
    a: Float32Array.from(all, ([, a]) => a),
    b: Float32Array.from(all, ([, , b]) => b),
  };
}

/** What `gated` takes; the slopes of the others grow beyond any bound. */
const GATES: Record<GatedOptions["activation"], true> = {
  ...{ relu: true, gelu: true, geluTanh: true, silu: true, sigmoid: true },
};

const isFloat32 = (x: number) => Math.abs(x) <= MOST;

describe.each(named)("operations at extreme magnitudes: %s", (kind, { kernels }) => {
  const exact = kind === "reference";
  let before: Kernels;
  beforeAll(() => {
    before = current();
    useKernels(kernels);
  });
  afterAll(() => useKernels(before));

  /** Within 1e-6 of the greatest term, times what is met, wherever the result is a float32 number. */
  function expectProducts(
    found: Float32Array,
    terms: (i: number) => Terms,
    met: (i: number) => number,
    { what, bound, outer }: { what: string; bound: number; outer: (i: number) => number },
  ) {
    for (let i = 0; i < found.length; i++) {
      const parts = terms(i);
      const wanted = parts.reduce((total, part) => total + part, 0) * met(i);
      if (!isFloat32(wanted)) continue;
      const greatest = Math.max(...parts.map(Math.abs));
      const lost = exact ? 0 : SMALLEST * outer(i);
      const allowed = (bound * greatest + lost) * Math.abs(met(i)) + (exact ? 1 : 4) * 2 ** -149;
      if (!(Math.abs(found[i]! - wanted) <= allowed))
        throw new Error(`${what}, element ${i}: ${found[i]} where float64 has ${wanted}, ${allowed} is allowed`);
    }
  }

  it.each(Object.keys(functions) as Unary[])("%s, gated or not, has float64's values and gradients", (name) => {
    const { x, a, b } = grid(name);
    const { value, slope } = functions[name];
    const cache = new Map<number, { value: Terms; slope: Terms }>();
    for (const each of new Set(x)) cache.set(each, { value: value(each), slope: slope(each) });
    const of = (i: number) => cache.get(x[i]!)!;
    // The argument of a power is rounded, and grows in the tails.
    const bound = name === "geluTanh" ? 2e-5 : 1e-6;
    const [values, slopes] = [(i: number) => of(i).value, (i: number) => of(i).slope];
    // x · sigmoid(x) loses x times as much as the sigmoid.
    const outer = (i: number) => Math.max(1, Math.abs(x[i]!));
    expectProducts(kernels.unary(name, x), values, () => 1, { what: "value", bound, outer });
    expectProducts(kernels.run(unaryGradient, name, x, a), slopes, (i) => a[i]!, { what: "gradient", bound, outer });
    if (!(name in GATES)) return;
    expectProducts(kernels.unary(name, x, a), values, (i) => a[i]!, { what: "gated", bound, outer });
    const both = (i: number) => a[i]! * b[i]!;
    expectProducts(kernels.run(unaryGradient, name, x, a, b), slopes, both, { what: "gated gradient", bound, outer });
  });

  const pair = { add, subtract, multiply, divide };
  const slopes = {
    add: [(upstream: number) => upstream, (upstream: number) => upstream],
    subtract: [(upstream: number) => upstream, (upstream: number) => -upstream],
    multiply: [(upstream: number, _: number, b: number) => upstream * b, (upstream: number, a: number) => upstream * a],
    divide: [
      (upstream: number, _: number, b: number) => upstream / b,
      (upstream: number, a: number, b: number) => (-upstream * a) / (b * b),
    ],
  } as const;

  it.each(Object.keys(pair) as (keyof typeof pair)[])("%s has float64's gradients, rounded once", (name) => {
    const all = SIGNED.flatMap((a) => SIGNED.flatMap((b) => SIGNED.map((upstream) => [a, b, upstream] as const)));
    for (const part of [all, all.slice(0, 5), all.filter((_, i) => i % 29 === 0)]) {
      const [a, b, upstream] = [0, 1, 2].map(
        (k) =>
          new Tensor(
            [part.length],
            Float32Array.from(part, (each) => each[k]!),
          ),
      );
      const { gradients } = valueAndGradients([a!, b!], () => sum(multiply(pair[name](a!, b!), upstream!)));
      for (const [which, over] of [a!, b!].entries())
        part.forEach(([x, y, cotangent], i) => {
          const wanted = slopes[name][which]!(cotangent, x, y);
          const found = gradients.get(over).data[i]!;
          if (isFloat32(wanted) && found !== Math.fround(wanted))
            throw new Error(`∂${which} at ${x}, ${y}, gradient ${cotangent}: ${found} where float64 has ${wanted}`);
        });
    }
  });

  it("divide broadcasts its gradients", () => {
    const [a, b] = [
      new Tensor([3, 1], Float32Array.of(1e30, 2e30, 3e30)),
      new Tensor([1000], new Float32Array(1000).fill(1e20)),
    ];
    const { gradients } = valueAndGradients([a, b], () => sum(divide(a, b)));
    expect(gradients.get(b).data[999]).toBeCloseTo(-6e-10, 15);
    expect(gradients.get(a).data[2]! / 1e-17).toBeCloseTo(1, 5);
  });

  const powers = fc.constantFrom(-38, -30, -20, -10, -3, 0, 0, 1, 5, 10, 20, 30, 38);
  const rows = fc.record({
    rows: size(3, 1),
    size: fc.constantFrom(1, 2, 3, 4, 7, 9, 33),
    ofX: powers,
    ofG: powers,
    ofW: powers,
    seed: seeds,
  });
  type Drawn = typeof rows extends fc.Arbitrary<infer Each> ? Each : never;
  const draw = ({ seed }: Drawn, name: string, count: number, power: number) =>
    normal(seed, name, count).map((x) => Math.max(-MOST, Math.min(MOST, x * 10 ** power)));
  const lineOf = (x: Float32Array, row: number, length: number) =>
    Array.from(x.subarray(row * length, (row + 1) * length));

  /** Each number within the bound of the greatest of its row, or of the terms that cancel in it. */
  function expectRows(found: Float32Array, wanted: readonly number[][], terms: readonly number[], what: string) {
    for (const [row, line] of wanted.entries())
      for (const [i, value] of line.entries()) {
        if (!isFloat32(value)) continue;
        const allowed = 1e-5 * Math.max(terms[row]!, ...line.map(Math.abs)) + SMALLEST;
        const here = found[row * line.length + i]!;
        if (!(Math.abs(here - value) <= allowed))
          throw new Error(`${what}, row ${row}, ${i}: ${here} where float64 has ${value}, ${allowed} is allowed`);
      }
  }

  const runs = { numRuns: Number(process.env.RUNS ?? 150) };
  const dot = (a: readonly number[], b: readonly number[]) => a.reduce((total, x, i) => total + x * b[i]!, 0);

  it("softmax, logSoftmax and crossEntropy have float64's gradients", () => {
    fc.assert(
      fc.property(rows, (drawn) => {
        const { rows: count, size: length, ofX, ofG, ofW } = drawn;
        const shape: Shape = [count, length];
        const x = new Tensor(shape, draw(drawn, "x", count * length, ofX));
        const upstream = new Tensor(shape, draw(drawn, "g", count * length, ofG));
        const weight = new Tensor([length], draw(drawn, "w", length, ofW).map(Math.abs));
        const targets = Array.from({ length: count }, (_, row) => (row * 5 + drawn.seed) % length);
        const gradientOf = (output: () => Tensor, upstream: Tensor) =>
          valueAndGradients([x], () => sum(multiply(output(), upstream))).gradients.get(x).data;
        const probabilities = targets.map((_, row) => {
          const line = lineOf(x.data, row, length);
          const most = Math.max(...line);
          const total = line.reduce((sum, each) => sum + Math.exp(each - most), 0);
          return line.map((each) => Math.exp(each - most) / total);
        });
        const cotangents = targets.map((_, row) => lineOf(upstream.data, row, length));
        const most = (line: readonly number[]) => Math.max(...line.map(Math.abs));
        expectRows(
          gradientOf(() => softmax(x), upstream),
          probabilities.map((line, row) =>
            line.map(
              (each, i) =>
                each *
                dot(
                  line,
                  line.map((_, j) => cotangents[row]![i]! - cotangents[row]![j]!),
                ),
            ),
          ),
          cotangents.map(most),
          "softmax",
        );
        expectRows(
          gradientOf(() => logSoftmax(x), upstream),
          probabilities.map((line, row) => {
            const total = cotangents[row]!.reduce((sum, each) => sum + each, 0);
            return line.map((each, i) => cotangents[row]![i]! - each * total);
          }),
          cotangents.map((line) => length * most(line)),
          "logSoftmax",
        );
        const each = new Tensor([count], upstream.data.slice(0, count));
        expectRows(
          gradientOf(() => crossEntropy(x, targets, { weight, reduction: "none" }), each),
          probabilities.map((line, row) => {
            const factor = each.data[row]! * weight.data[targets[row]!]!;
            return line.map((probability, i) => factor * (i === targets[row] ? probability - 1 : probability));
          }),
          targets.map((target, row) => Math.abs(each.data[row]! * weight.data[target]!)),
          "crossEntropy",
        );
      }),
      runs,
    );
  });

  it("softmax keeps probabilities down to float32's least", () => {
    const scores = Float32Array.from({ length: 105 }, (_, i) => -i);
    const found = kernels.softmax(scores, { outer: 1, size: 105, inner: 1 });
    const total = scores.reduce((sum, x) => sum + Math.exp(x), 0);
    scores.forEach((x, i) => {
      const wanted = Math.exp(x) / total;
      expect(Math.abs(found[i]! - wanted), `e^${x}`).toBeLessThanOrEqual(1e-6 * wanted + 2 ** -149);
    });
  });

  it("layerNorm and rmsNorm have float64's values and gradients", () => {
    fc.assert(
      fc.property(rows, fc.constantFrom(0, 1e-5), (drawn, epsilon) => {
        const { rows: count, ofX, ofG, ofW } = drawn;
        const length = Math.max(drawn.size, 3);
        const x = new Tensor([count, length] as Shape, draw(drawn, "x", count * length, ofX));
        const upstream = new Tensor([count, length] as Shape, draw(drawn, "g", count * length, ofG));
        const weight = new Tensor([length] as Shape, draw(drawn, "w", length, Math.max(-10, Math.min(10, ofW))));
        const every = Array.from({ length: count }, (_, row) => row);
        for (const centred of [true, false]) {
          const output = () =>
            centred ? layerNorm(x, weight, undefined, { epsilon }) : rmsNorm(x, weight, { epsilon });
          const lines = every.map((row) => {
            const line = lineOf(x.data, row, length);
            const mean = centred ? line.reduce((sum, each) => sum + each / length, 0) : 0;
            const scale = 1 / Math.sqrt(line.reduce((sum, each) => sum + (each - mean) ** 2 / length, 0) + epsilon);
            const normalized = line.map((each) => (each - mean) * scale);
            const scaled = lineOf(upstream.data, row, length).map((each, i) => each * weight.data[i]!);
            const meanScaled = centred ? scaled.reduce((sum, each) => sum + each / length, 0) : 0;
            const meanProduct = dot(scaled, normalized) / length;
            return {
              scale,
              normalized,
              scaled,
              slopes: scaled.map((each, i) => scale * (each - meanScaled - normalized[i]! * meanProduct)),
            };
          });
          const what = centred ? "layerNorm" : "rmsNorm";
          const { gradients } = valueAndGradients([x, weight], () => sum(multiply(output(), upstream)));
          const weights = lines.map(({ normalized }) => normalized.map((each, i) => each * weight.data[i]!));
          expectRows(
            output().data,
            weights,
            weights.map(() => Math.max(...weight.data.map(Math.abs)) / 10),
            what,
          );
          const terms = lines.map(({ scale, scaled }) => scale * (length * Math.max(...scaled.map(Math.abs)) + 1e-39));
          expectRows(
            gradients.get(x).data,
            lines.map((line) => line.slopes),
            terms,
            `${what}, ∂x`,
          );
          const sums = weights[0]!.map((_, i) =>
            every.reduce((total, row) => total + upstream.data[row * length + i]! * lines[row]!.normalized[i]!, 0),
          );
          expectRows(
            gradients.get(weight).data,
            [sums],
            [count * Math.max(...upstream.data.map(Math.abs))],
            `${what}, ∂weight`,
          );
        }
      }),
      runs,
    );
  });
});
