import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { AttentionSpec, Kernels } from "../../src/kernels";
import { attentionGradient } from "../../src/kernels/internal";
import { headSize, normal, seeds, size } from "./compare";
import { at, indicesOf } from "./formulas";
import { named } from "./implementations";
import { repeats, spreads } from "./spreads";

interface Inputs {
  q: Float32Array;
  k: Float32Array;
  v: Float32Array;
  upstream: Float32Array;
  spec: AttentionSpec<Float32Array>;
}

/** Outputs and gradients in float64 by the textbook's formulas: the matrix of weights, and its Jacobian. */
function oracle({ q, k, v, upstream, spec }: Inputs) {
  const { batch, queries, keys, capacity, heads, keyValueHeads, headDim, valueDim, scale, softcap } = spec;
  const qShape = [batch, queries, heads, headDim];
  const kShape = [batch, capacity, keyValueHeads, headDim];
  const vShape = [batch, capacity, keyValueHeads, valueDim];
  const placeOf = (shape: number[], index: number[]) => index.reduce((flat, i, axis) => flat * shape[axis]! + i, 0);
  const found = {
    output: new Float64Array(batch * queries * heads * valueDim),
    q: new Float64Array(q.length),
    k: new Float64Array(k.length),
    v: new Float64Array(v.length),
    bias: new Float64Array(spec.bias?.values.length ?? 0),
  };
  for (const [b, i, head] of indicesOf([batch, queries, heads]) as [number, number, number][]) {
    const group = Math.floor((head * keyValueHeads) / heads);
    const here = i + keys - queries;
    const seen = Array.from({ length: keys }, (_, j) => j).filter(
      (j) =>
        !(spec.causal && j > here) &&
        !(spec.window !== undefined && Math.abs(here - j) >= spec.window) &&
        !(spec.mask && at(spec.mask.values, spec.mask.shape, [b, head, i, j]) === 0) &&
        !(spec.bias && at(spec.bias.values, spec.bias.shape, [b, head, i, j]) === Number.NEGATIVE_INFINITY),
    );
    const row = placeOf([batch, queries, heads], [b, i, head]);
    const keyRow = (j: number) => placeOf(kShape, [b, j, group, 0]);
    const valueRow = (j: number) => placeOf(vShape, [b, j, group, 0]);
    const products = seen.map((j) => {
      let sum = 0;
      for (let dimension = 0; dimension < headDim; dimension++)
        sum += q[row * headDim + dimension]! * k[keyRow(j) + dimension]!;
      return sum * scale;
    });
    const scores = products.map(
      (x, index) =>
        (softcap === undefined ? x : softcap * Math.tanh(x / softcap)) +
        (spec.bias ? at(spec.bias.values, spec.bias.shape, [b, head, i, seen[index]!]) : 0),
    );
    const greatest = Math.max(...scores);
    const powers = scores.map((score) => Math.exp(score - greatest));
    const total = powers.reduce((sum, power) => sum + power, 0);
    const weights = powers.map((power) => power / total);
    const ofWeights = seen.map((j, index) => {
      let sum = 0;
      for (let dimension = 0; dimension < valueDim; dimension++) {
        const cotangent = upstream[row * valueDim + dimension]!;
        found.output[row * valueDim + dimension]! += weights[index]! * v[valueRow(j) + dimension]!;
        found.v[valueRow(j) + dimension]! += weights[index]! * cotangent;
        sum += cotangent * v[valueRow(j) + dimension]!;
      }
      return sum;
    });
    seen.forEach((j, index) => {
      // ∂sₙ = pₙ Σₘ pₘ (∂pₙ − ∂pₘ)
      const ofScore =
        weights[index]! *
        weights.reduce((sum, weight, other) => sum + weight * (ofWeights[index]! - ofWeights[other]!), 0);
      if (spec.bias) found.bias[biasPlace(spec.bias, [b, head, i, j])]! += ofScore;
      const power = softcap === undefined ? 0 : Math.exp((-2 * Math.abs(products[index]!)) / softcap);
      const ofProduct = softcap === undefined ? ofScore : (ofScore * 4 * power) / (1 + power) ** 2;
      for (let dimension = 0; dimension < headDim; dimension++) {
        found.q[row * headDim + dimension]! += ofProduct * scale * k[keyRow(j) + dimension]!;
        found.k[keyRow(j) + dimension]! += ofProduct * scale * q[row * headDim + dimension]!;
      }
    });
  }
  expect(qShape.reduce((a, b) => a * b, 1)).toBe(q.length);
  return found;
}

const biasPlace = ({ shape }: { shape: readonly number[] }, index: readonly number[]) =>
  shape.reduce((flat, length, axis) => flat * length + (length === 1 ? 0 : index[axis]!), 0);

const largest = (x: Iterable<number>) => {
  let most = 0;
  for (const value of x) most = Math.max(most, Math.abs(value));
  return most;
};

/** Within the bound of the tensor's largest number, where float32 has that number. */
function expectClose(found: Float32Array, wanted: Float64Array, bound: number, what: string, floor: number): void {
  expect(found.length).toBe(wanted.length);
  const allowed = bound * Math.max(largest(wanted), floor) + 2 ** -149;
  wanted.forEach((value, i) => {
    if (Math.abs(value) > 3.4e38) return;
    if (!(Math.abs(found[i]! - value) <= allowed))
      throw new Error(`${what}: element ${i} is ${found[i]}, float64 gives ${value}, ${allowed} is allowed`);
  });
}

function check(kernels: Kernels<Float32Array>, inputs: Inputs, bound: number): void {
  const { q, k, v, upstream, spec } = inputs;
  const wanted = oracle(inputs);
  const attended = kernels.attention(q, k, v, spec);
  const terms = 1e-2 * largest(upstream) * largest(v);
  const scale = Math.abs(spec.scale);
  expectClose(attended.output, wanted.output, bound, "output", largest(v) / 10);
  const found = kernels.run(attentionGradient, q, k, v, spec, attended, upstream);
  expectClose(found.v, wanted.v, bound, "gradient of v", 0);
  expectClose(found.q, wanted.q, bound, "gradient of q", terms * Math.min(largest(k) * scale, 100));
  expectClose(found.k, wanted.k, bound, "gradient of k", terms * Math.min(largest(q) * scale, 100));
  if (found.bias) expectClose(found.bias, wanted.bias, bound, "gradient of the bias", terms);
}

const powers = fc.constantFrom(-30, -20, -10, -5, -2, 0, 0, 1, 2, 3, 5, 8, 15, 18);
const MOST = 3.4028234663852886e38;
const biases = fc.constantFrom(0, 1, -1e4, 1e4, -1e9, 1e9, -1e20, -3.4e38, -MOST, MOST, Number.NEGATIVE_INFINITY);

const drawn = fc
  .record({
    batch: size(2, 1),
    queries: fc.constantFrom(1, 1, 2, 3, 9),
    keys: fc.constantFrom(1, 2, 3, 5, 9, 70),
    spare: size(1),
    keyValueHeads: size(2, 1),
    group: size(2, 1),
    headDim: headSize(5),
    valueDim: headSize(5),
    causal: fc.boolean(),
    window: fc.option(size(4, 1), { nil: undefined }),
    softcap: fc.constantFrom(undefined, undefined, 0.5, 30, 1e4, 1e30),
    masked: repeats,
    biased: repeats,
    // Some of the keys, or all, have a bias of this magnitude beside their own.
    bias: biases,
    share: fc.constantFrom(0, 0.5, 1),
    powers: fc.tuple(powers, powers, fc.constantFrom(-10, 0, 0, 10)),
    seed: seeds,
  })
  .map(({ spare, group, masked, biased, bias, share, powers: [ofQ, ofK, ofV], seed, ...rest }): Inputs => {
    const heads = rest.keyValueHeads * group;
    const { batch, queries, keys, keyValueHeads, headDim, valueDim } = rest;
    const capacity = keys + spare;
    const own = spreads(seed, [batch, heads, queries, keys], { masked, biased });
    const far = own.bias && {
      ...own.bias,
      values: own.bias.values.map((x, i) => (((i * 7919 + seed) % 100) / 100 < share ? x + bias : x)),
    };
    const draw = (name: string, count: number, power: number) => normal(seed, name, count).map((x) => x * 10 ** power);
    return {
      q: draw("q", batch * queries * heads * headDim, ofQ),
      k: draw("k", batch * capacity * keyValueHeads * headDim, ofK),
      v: draw("v", batch * capacity * keyValueHeads * valueDim, ofV),
      upstream: draw("g", batch * queries * heads * valueDim, 0),
      spec: { ...rest, heads, capacity, scale: 1 / Math.sqrt(headDim), mask: own.mask, bias: far },
    };
  });

describe.each(named)("attention beside scores, biases and masks of every magnitude: %s", (_, { kernels, sumBound }) => {
  it("has the values and gradients of float64", () => {
    fc.assert(
      fc.property(drawn, (inputs) => check(kernels, inputs, 2 * sumBound(inputs.spec.keys))),
      { numRuns: Number(process.env.RUNS ?? 300) },
    );
  });

  const one = { batch: 1, queries: 1, heads: 1, keyValueHeads: 1, headDim: 1, valueDim: 1, scale: 1, causal: false };
  const single = (q: number, k: readonly number[], bias: number): Inputs => ({
    q: Float32Array.of(q),
    k: Float32Array.from(k),
    v: Float32Array.from(k, (_, j) => j + 1),
    upstream: Float32Array.of(1),
    spec: {
      ...{ ...one, keys: k.length, capacity: k.length, mask: undefined },
      bias: { values: Float32Array.of(bias), shape: [], steps: [0, 0, 0, 0] },
    },
  });

  it.each([-1e9, 1e9, -3.4e38, -MOST])("shares a gradient of 1 out where every place has a bias of %d", (bias) => {
    for (const q of [0.3, 31]) {
      const inputs = single(q, [0, 0.25, 0.5, 0.75], bias);
      check(kernels, inputs, sumBound(4));
      const found = kernels.run(
        attentionGradient,
        ...([inputs.q, inputs.k, inputs.v, inputs.spec] as const),
        kernels.attention(inputs.q, inputs.k, inputs.v, inputs.spec),
        inputs.upstream,
      );
      expect(found.v.reduce((sum, x) => sum + x, 0)).toBeCloseTo(1, 5);
    }
  });

  it.each([1e4, 1e6, 1e15, 1e30])("tells scores apart that are near %d", (score) => {
    const root = Math.fround(Math.sqrt(score));
    const steps = [0, 1, -1, 3].map((step) => Math.fround(root * (1 + step * 2 ** -23)));
    check(kernels, single(root, steps, 0), sumBound(4));
    check(kernels, single(-root, steps, 0), sumBound(4));
  });

  it.each([2e2, 1e3, 1e4, 1e6, 1e15, 1e30])(
    "keeps the digits of scores that a bias of the other sign brings near 0 from %d",
    (size) => {
      for (const queries of [1, 3])
        for (const sign of [1, -1])
          for (const softcap of [undefined, 100 * size]) {
            const [keys, headDim] = [6, 64];
            const along = (count: number, value: (i: number) => number) =>
              Float32Array.from({ length: count }, (_, i) => value(i));
            // Factors small enough for the fast gradient, and a bias of nearly what their products are.
            const k = along(keys * headDim, (i) => size / 64 + Math.sin(3 * i));
            const q = along(queries * headDim, () => sign);
            const bias = along(keys, (j) => -sign * size + Math.cos(j));
            const spec = { ...one, queries, keys, capacity: keys, headDim, softcap, mask: undefined };
            const inputs = { q, k, v: along(keys, (j) => (j % 2 ? j : -j)), upstream: along(queries, (i) => i + 1) };
            check(
              kernels,
              { ...inputs, spec: { ...spec, bias: { values: bias, shape: [1, 1, 1, keys], steps: [0, 0, 0, 1] } } },
              sumBound(keys),
            );
          }
    },
  );

  it("averages values whose sum float32 does not have", () => {
    for (const queries of [1, 2]) {
      const spec = { ...one, queries, keys: 3, capacity: 3, mask: undefined };
      const { output } = kernels.attention(
        new Float32Array(queries),
        new Float32Array(3),
        new Float32Array(3).fill(3e38),
        spec,
      );
      expect([...output]).toEqual(new Array(queries).fill(Math.fround(3e38)));
    }
  });
});
