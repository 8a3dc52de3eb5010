import { setFlagsFromString } from "node:v8";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { type AttentionSpec, referenceKernels } from "../../../src/kernels";
import { attentionGradient as gradientOfAttention } from "../../../src/kernels/internal";
import { ATTENTION_SPEC_BYTES, writeAttentionSpec } from "../../../src/kernels/wasm/attention-call";
import { type Assembly, compiled } from "../../../src/kernels/wasm/module";
import { compiledTraining } from "../../../src/kernels/wasm/training/workspace";
import { expectWithin, normal, seeds } from "../compare";
import { repeats, spreads } from "../spreads";

// Node 20 knows relaxed SIMD behind this flag; later versions have it.
setFlagsFromString("--experimental-wasm-relaxed-simd");

const memory = new WebAssembly.Memory({ initial: 512, maximum: 65536, shared: true });

const instance = (relaxed: boolean) =>
  Object.assign(
    {},
    ...[compiled, compiledTraining].map(
      (module) => new WebAssembly.Instance(module(relaxed ? "relaxed" : "strict"), { env: { memory } }).exports,
    ),
  ) as Assembly;

let wasm: Assembly;

/** What lies around every buffer, and in scratch: a kernel that reads it shows NaN, one that writes it is caught. */
const GUARD = 12345.678;
class Arena {
  #next = 4096;
  readonly #guards: number[] = [];
  bytes(count: number): number {
    const place = this.#next + 16;
    this.#next = (place + count + 31) & ~15;
    return place;
  }
  floats(values: Float32Array | number): number {
    const count = typeof values === "number" ? values : values.length;
    const place = this.bytes(count * 4);
    const view = new Float32Array(memory.buffer);
    view.fill(GUARD, place / 4 - 4, this.#next / 4);
    this.#guards.push(place / 4 - 1, place / 4 + count);
    if (typeof values === "number") view.fill(Number.NaN, place / 4, place / 4 + count);
    else view.set(values, place / 4);
    return place;
  }
  read(place: number, count: number): Float32Array {
    const view = new Float32Array(memory.buffer);
    for (const guard of this.#guards) expect(view[guard]).toBe(Math.fround(GUARD));
    return view.slice(place / 4, place / 4 + count);
  }
}

function prepare(q: Float32Array, k: Float32Array, v: Float32Array, spec: AttentionSpec<Float32Array>) {
  const arena = new Arena();
  const sizes = arena.bytes(ATTENTION_SPEC_BYTES);
  const [qAt, kAt, vAt] = [q, k, v].map((values) => arena.floats(values)) as [number, number, number];
  const mask = spec.mask ? arena.floats(spec.mask.values) : 0;
  const bias = spec.bias ? arena.floats(spec.bias.values) : 0;
  const biasGradient = spec.bias ? arena.floats(spec.bias.values.map(() => 0)) : 0;
  const words = { integers: new Int32Array(memory.buffer), numbers: new Float32Array(memory.buffer) };
  writeAttentionSpec(words, sizes, spec, { mask, bias, biasGradient, kept: 0, starts: 0 });
  return { arena, sizes, inputs: [qAt, kAt, vAt], biasGradient };
}

function attention(q: Float32Array, k: Float32Array, v: Float32Array, spec: AttentionSpec<Float32Array>, split = 0) {
  const { arena, sizes, inputs } = prepare(q, k, v, spec);
  const rows = spec.batch * spec.queries * spec.heads;
  const output = arena.floats(rows * spec.valueDim);
  const statistics = arena.floats(2 * rows);
  const scratch = arena.floats(wasm.attentionScratchBytes!(spec.headDim, spec.valueDim) / 4);
  const units = wasm.attentionUnits!(sizes);
  const middle = Math.floor(units * split);
  wasm.attention!(...inputs, output, statistics, sizes, middle, units, scratch);
  wasm.attention!(...inputs, output, statistics, sizes, 0, middle, scratch);
  return { output: arena.read(output, rows * spec.valueDim), statistics: arena.read(statistics, 2 * rows) };
}

type Saved = { output: Float32Array; statistics: Float32Array };

function attentionGradient(
  q: Float32Array,
  k: Float32Array,
  v: Float32Array,
  spec: AttentionSpec<Float32Array>,
  saved: Saved,
  upstream: Float32Array,
  split = 0,
) {
  const { arena, sizes, inputs, biasGradient } = prepare(q, k, v, spec);
  const given = [saved.output, saved.statistics, upstream].map((values) => arena.floats(values));
  const results = [q, k, v].map((values) => arena.floats(values.length)) as [number, number, number];
  const scratch = arena.floats(wasm.attentionGradientScratchBytes!(spec.headDim, spec.valueDim) / 4);
  const units = wasm.attentionGradientUnits!(sizes);
  const middle = Math.floor(units * split);
  wasm.attentionGradient!(...inputs, ...given, ...results, sizes, middle, units, scratch);
  wasm.attentionGradient!(...inputs, ...given, ...results, sizes, 0, middle, scratch);
  return {
    q: arena.read(results[0], q.length),
    k: arena.read(results[1], k.length),
    v: arena.read(results[2], v.length),
    bias: spec.bias && arena.read(biasGradient, spec.bias.values.length),
  };
}

const near = (...edges: number[]) =>
  fc.oneof(...edges.map((edge) => fc.integer({ min: Math.max(edge - 2, 0), max: edge + 2 })));
const wholeVectors = fc.integer({ min: 1, max: 20 }).map((vectors) => 4 * vectors);
const specs = fc
  .record({
    batch: fc.integer({ min: 0, max: 2 }),
    queries: near(1, 1, 3, 8, 64, 129),
    keys: near(1, 8, 64, 129),
    spare: fc.constantFrom(0, 3),
    keyValueHeads: fc.integer({ min: 1, max: 2 }),
    group: fc.integer({ min: 1, max: 3 }),
    headDim: fc.oneof(fc.integer({ min: 1, max: 80 }), wholeVectors),
    valueDim: fc.oneof(fc.integer({ min: 1, max: 80 }), wholeVectors),
    scale: fc.constantFrom(0.125, 0.3),
    causal: fc.boolean(),
    window: fc.option(near(2, 8, 64, 90), { nil: undefined }).map((window) => window && Math.max(window, 1)),
    softcap: fc.constantFrom(undefined, undefined, 1.5),
    masked: repeats,
    biased: repeats,
    seed: seeds,
  })
  .map(({ spare, group, masked, biased, seed, ...rest }) => {
    const heads = rest.keyValueHeads * group;
    const both = spreads(seed, [rest.batch, heads, rest.queries, rest.keys], { masked, biased });
    return { spec: { ...rest, heads, capacity: rest.keys + spare, ...both }, seed };
  });

function draw(seed: number, spec: AttentionSpec<Float32Array>) {
  const { batch, queries, capacity, heads, keyValueHeads, headDim, valueDim } = spec;
  return {
    q: normal(seed, "q", batch * queries * heads * headDim),
    k: normal(seed, "k", batch * capacity * keyValueHeads * headDim),
    v: normal(seed, "v", batch * capacity * keyValueHeads * valueDim),
    upstream: normal(seed, "g", batch * queries * heads * valueDim),
  };
}

const expectNear = (found: Float32Array, wanted: Float32Array, bound: number) =>
  expectWithin(found, [...wanted], bound);

describe.each(["strict", "relaxed"])("attention in WebAssembly, %s", (kind) => {
  beforeAll(() => {
    wasm = instance(kind === "relaxed");
  });

  it("equals the reference's, for sizes around every edge of a tile", () => {
    fc.assert(
      fc.property(specs, ({ spec, seed }) => {
        const { q, k, v } = draw(seed, spec);
        const wanted = referenceKernels.attention(q, k, v, spec);
        const found = attention(q, k, v, spec);
        const bound = 1e-5 * Math.sqrt(Math.max(spec.keys, 1));
        expectNear(found.output, wanted.output, bound);
        expectNear(found.statistics, wanted.statistics, bound);
      }),
      { numRuns: 200 },
    );
  });

  it("has the reference's gradient", () => {
    fc.assert(
      fc.property(specs, ({ spec, seed }) => {
        const { q, k, v, upstream } = draw(seed, spec);
        const saved = referenceKernels.attention(q, k, v, spec);
        const wanted = referenceKernels.run(gradientOfAttention, q, k, v, spec, saved, upstream);
        const found = attentionGradient(q, k, v, spec, saved, upstream);
        const bound = 1e-5 * Math.sqrt(Math.max(spec.keys, spec.queries, 1));
        for (const name of ["q", "k", "v"] as const) expectNear(found[name], wanted[name], bound);
        // A sum over all that the bias repeats along.
        const terms = spec.bias ? (spec.batch * spec.heads * spec.queries * spec.keys) / spec.bias.values.length : 1;
        if (spec.bias) expectNear(found.bias!, wanted.bias!, 1e-5 * Math.sqrt(terms));
      }),
      { numRuns: 150 },
    );
  });

  it("gives the same bits however the units are split", () => {
    fc.assert(
      fc.property(specs, fc.double({ min: 0, max: 1, noNaN: true }), ({ spec, seed }, split) => {
        const { q, k, v, upstream } = draw(seed, spec);
        const saved = attention(q, k, v, spec);
        expect(attention(q, k, v, spec, split)).toEqual(saved);
        // Units that share a bias may not be split; test/kernels/threads.test.ts has its gradient.
        const { bias: _, ...whole } = attentionGradient(q, k, v, spec, saved, upstream);
        expect(attentionGradient(q, k, v, spec, saved, upstream, split)).toMatchObject(whole);
      }),
      { numRuns: 20 },
    );
  });

  it("gives each of a few queries the bits that it has alone", () => {
    const groups: readonly (readonly [number, number])[] = [
      [3, 3],
      [6, 2],
      [5, 1],
      [8, 2],
    ];
    const few = fc.record({
      queries: fc.integer({ min: 2, max: 7 }),
      keys: near(9, 66, 131, 196),
      heads: fc.constantFrom(...groups),
      dims: fc.tuple(wholeVectors, wholeVectors),
      softcap: fc.constantFrom(undefined, 1.5),
      biased: fc.boolean(),
      seed: seeds,
    });
    fc.assert(
      fc.property(
        few,
        ({ queries, keys, heads: [heads, keyValueHeads], dims: [headDim, valueDim], biased, seed, softcap }) => {
          const sizes = {
            batch: 1,
            queries,
            keys,
            capacity: keys,
            heads: heads!,
            keyValueHeads: keyValueHeads!,
            headDim,
            valueDim,
          };
          const values = normal(seed, "bias", keys).map((x, j) => (j % 7 === 3 ? -200 : x));
          const bias = biased ? { values, shape: [keys], steps: [0, 0, 0, 1] as const } : undefined;
          const spec = { ...sizes, scale: 0.3, causal: true, mask: undefined, softcap, bias };
          const { q, k, v } = draw(seed, spec);
          const [ofQuery, ofOutput] = [heads! * headDim, heads! * valueDim];
          const together = attention(q, k, v, spec);
          for (let i = 0; i < queries; i++) {
            const seen = keys - queries + 1 + i;
            const own = q.subarray(i * ofQuery, (i + 1) * ofQuery);
            const alone = attention(own, k, v, { ...spec, queries: 1, keys: seen });
            expect(together.output.subarray(i * ofOutput, (i + 1) * ofOutput)).toEqual(alone.output);
            expect(together.statistics.subarray(2 * i * heads!, 2 * (i + 1) * heads!)).toEqual(alone.statistics);
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it.each([
    { queries: 1 },
    { queries: 1, headDim: 8, valueDim: 4 },
    { queries: 2, softcap: 2 },
    { queries: 2, softcap: 2, headDim: 4, valueDim: 8 },
    { queries: 70 },
    { queries: 70, softcap: 2, window: 40, causal: true },
    { queries: 1, softcap: 2, window: 40 },
    { queries: 3, softcap: 2, window: 40, causal: true, headDim: 8, valueDim: 8 },
  ])(
    "never reads what lies beyond the keys, or behind the mask: %o",
    ({ queries, causal = false, headDim = 5, valueDim = 6, ...options }) => {
      const sizes = { batch: 1, queries, keys: 70, capacity: 71, heads: 1, keyValueHeads: 1, headDim, valueDim };
      const mask = { values: new Float32Array(70).fill(1, 0, 68), shape: [70], steps: [0, 0, 0, 1] as const };
      const spec = { ...sizes, ...options, scale: 1, causal, mask };
      const { q, k, v, upstream } = draw(1, spec);
      k.fill(Number.NaN, 68 * headDim);
      v.fill(Number.POSITIVE_INFINITY, 68 * valueDim);
      const saved = attention(q, k, v, spec);
      const wanted = referenceKernels.attention(q, k, v, spec);
      expectNear(saved.output, wanted.output, 1e-4);
      const gradient = referenceKernels.run(gradientOfAttention, q, k, v, spec, wanted, upstream);
      const found = attentionGradient(q, k, v, spec, wanted, upstream);
      for (const name of ["q", "k", "v"] as const) expectNear(found[name], gradient[name], 1e-4);
    },
  );
});
