import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { type AttentionSpec, kernels as current, type Kernels, referenceKernels, useThreads } from "../../src/kernels";
import {
  keepQuantized,
  multiplyQuantized,
  type RowCache,
  type RowChain,
  type RowState,
  runRow,
} from "../../src/kernels/internal";
import { type QuantizedCells, quantizeRows } from "../../src/kernels/quantized";
import { wasmKernels } from "../../src/kernels/wasm";
import { forAll, normal, seeds } from "./compare";
import { implementations } from "./implementations";

type Own = Kernels<Float32Array>;

/** "elsewhere" are float32 numbers in a memory of their own. */
const formats = fc.constantFrom("float32" as const, "elsewhere" as const, "q8" as const, "q4" as const);
const elsewhere = wasmKernels("strict");
const sizes = fc.record({
  // Smaller caches are not in the kernels' memory.
  capacity: fc.integer({ min: 257, max: 300 }),
  keys: fc.integer({ min: 0, max: 256 }),
  keyValueHeads: fc.constantFrom(1, 2, 3),
  group: fc.constantFrom(1, 2, 4),
  headDim: fc.constantFrom(16, 20, 64),
  window: fc.option(fc.integer({ min: 1, max: 300 }), { nil: undefined }),
  softcap: fc.constantFrom(undefined, 3),
  // Of all weights that are multiplied by the same row; those of different formats lie in different memories.
  stored: fc.array(fc.tuple(formats, formats, formats, formats), { minLength: 3, maxLength: 3 }),
});
interface Sizes {
  readonly capacity: number;
  readonly keys: number;
  readonly keyValueHeads: number;
  readonly group: number;
  readonly headDim: number;
  readonly window: number | undefined;
  readonly softcap: number | undefined;
  readonly stored: readonly (readonly Format[])[];
}
type Format = "float32" | "elsewhere" | "q8" | "q4";

/** So that weights have 4,096 numbers and more, which are kept in the memory of kernels. */
const SIZE = 256;
const plain: Sizes = {
  ...{ capacity: 257, keys: 200, keyValueHeads: 3, group: 2, headDim: 64, window: undefined, softcap: undefined },
  stored: Array.from({ length: 3 }, () => ["float32", "float32", "float32", "float32"] as const),
};

/** A weight as the kernels keep it, and its product with a row by an operation of its own. */
function weightOf(kernels: Own, seed: string, rows: number, columns: number, format: Format) {
  const numbers = normal(1, seed, rows * columns).map((x) => x / 8);
  if (format === "float32" || format === "elsewhere") {
    const spec = { m: 1, k: columns, n: rows, transposeA: false, transposeB: true, batchA: [0], batchB: [0] };
    const own = kernels.keep(numbers);
    const weight = format === "elsewhere" ? elsewhere.keep(numbers) : own;
    return { factor: { weight, rows, bias: undefined }, multiply: (x: Float32Array) => kernels.matmul(x, own, spec) };
  }
  const weight = kernels.run(keepQuantized, quantizeRows(numbers, rows, columns, format)) as QuantizedCells;
  return {
    factor: { weight, rows, bias: undefined },
    multiply: (x: Float32Array) => kernels.run(multiplyQuantized, x, weight, 1) as Float32Array,
  };
}

/** Layers of a projection, attention and a sum, in a chain and by the kernels' own operations. */
function layersOf(kernels: Own, seed: number, drawn: Sizes, { largest = 1, isNear = false } = {}) {
  const { capacity, keys, keyValueHeads, group, headDim, window, softcap, stored } = drawn;
  const heads = keyValueHeads * group;
  const [wide, narrow] = [heads * headDim, keyValueHeads * headDim];
  // A row is quantized in blocks of 32.
  const outputs = stored.map(([, , , format]) => (wide % 32 === 0 ? format! : "float32"));
  const layers = stored.map(([q, k, v], i) => ({
    query: weightOf(kernels, `${seed} q${i}`, wide, SIZE, q!),
    key: weightOf(kernels, `${seed} k${i}`, narrow, SIZE, k!),
    value: weightOf(kernels, `${seed} v${i}`, narrow, SIZE, v!),
    output: weightOf(kernels, `${seed} o${i}`, SIZE, wide, outputs[i]!),
    norm: normal(seed, `n${i}`, SIZE).map((x) => largest * x),
    // What is in use, and other numbers behind it.
    held: ["k", "v"].map((name) => normal(seed, `${name}${i}`, narrow * capacity)),
  }));
  const scale = 1 / Math.sqrt(headDim);
  const angles = [0, 1].map((i) => ({
    across: normal(seed, `cos${i}`, headDim / 4),
    up: normal(seed, `sin${i}`, headDim / 4),
  }));
  const turns = [0, 1, 0, 0];
  const rotation = { rows: 1, heads, headDim, dimensions: headDim / 2, interleaved: false };
  /** The steps from what value x of a program is on to query, key and value. */
  const projections = (i: number, x: number) => [
    { kind: "rmsNorm" as const, x, weight: layers[i]!.norm, bias: undefined, epsilon: 1e-5 },
    {
      kind: "products" as const,
      x: x + 1,
      factors: [layers[i]!.query, layers[i]!.key, layers[i]!.value].map(({ factor }) => factor),
    },
    { kind: "rotary" as const, x: x + 2, spec: rotation },
    { kind: "rotary" as const, x: x + 3, spec: { ...rotation, heads: keyValueHeads } },
  ];
  const sum = (i: number) => [
    { kind: "products" as const, x: 1, factors: [layers[i]!.output.factor] },
    { kind: "add" as const, x: 0, other: 2 },
  ];
  const ofRow = { angles: headDim / 4 };
  const chain: RowChain = {
    programs: [
      { ...ofRow, sizes: [SIZE], steps: projections(0, 0), results: [0, 5, 6, 4] },
      { ...ofRow, sizes: [SIZE, wide], steps: [...sum(0), ...projections(1, 3)], results: [3, 8, 9, 7] },
      { ...ofRow, sizes: [SIZE, wide], steps: [...sum(1), ...projections(2, 3)], results: [3, 8, 9, 7] },
      { angles: 0, sizes: [SIZE, wide], steps: sum(2), results: [3] },
    ],
    attention: layers.map(() => ({ heads, keyValueHeads, headDim, scale, window, softcap })),
    turns,
  };
  const x = normal(seed, "x", SIZE);

  const reserved = (held: readonly Float32Array[]) => {
    const [k, v] = held.map(({ length }) => length) as [number, number];
    const near = kernels.keep(new Float32Array(k + v));
    const room = isNear ? [near.subarray(0, k), near.subarray(k)] : kernels.reserve([k, v]);
    for (const [i, numbers] of held.entries()) room[i]!.set(numbers);
    return room;
  };

  /** What `runRow` gives, over caches of its own. */
  const run = (from = 0, inputs: readonly Float32Array[] = [x], isHeld = (_: number) => true, all = chain) => {
    const caches = layers.map(({ held }) => reserved(held));
    const written: number[] = [];
    const cache: RowCache = {
      held: (place) => (isHeld(place) ? { k: caches[place]![0]!, v: caches[place]![1]!, keys } : undefined),
      wrote: (place) => written.push(place),
    };
    const state = kernels.run(runRow, all, from, inputs, angles, cache) as RowState;
    return { ...state, values: state.values.map((values) => values.slice()), written, caches };
  };

  /** The inputs of each program and the results of the last, one operation after the other. */
  const expected = () => {
    const inputs: Float32Array[][] = [[x]];
    const caches: Float32Array[][] = [];
    let row = x;
    for (const [i, { query, key, value, output, norm, held }] of layers.entries()) {
      const { across, up } = angles[turns[i]!]!;
      const read = kernels.rmsNorm(row, norm, { rows: 1, size: SIZE, epsilon: 1e-5 });
      const turn = (values: Float32Array, count: number) =>
        kernels.rotary(values, across, up, { ...rotation, heads: count }, false);
      const q = turn(query.multiply(read), heads);
      const [k, v] = reserved(held) as [Float32Array, Float32Array];
      k.set(turn(key.multiply(read), keyValueHeads), keys * narrow);
      v.set(value.multiply(read), keys * narrow);
      const spec: AttentionSpec<Float32Array> = {
        ...{ batch: 1, queries: 1, keys: keys + 1, capacity, heads, keyValueHeads, headDim, valueDim: headDim },
        ...{ scale, causal: true, window, softcap, mask: undefined },
      };
      const attended = kernels.attention(q, k, v, spec).output;
      caches.push([k, v]);
      inputs.push([row, attended]);
      const steps = [1];
      row = kernels.binary("add", row, output.multiply(attended), { shape: [SIZE], stepsA: steps, stepsB: steps });
    }
    return { inputs, caches, result: row };
  };
  return { run, expected, x, chain };
}

describe("layers of one row in one call", () => {
  afterEach(() => useThreads(1));

  it.each(implementations.slice(1))("give to the bit what each operation gives, $kernels.name", ({ kernels }) => {
    forAll([seeds, sizes], (seed, drawn) => {
      const { run, expected } = layersOf(kernels, seed, drawn);
      const { inputs, caches, result } = expected();
      for (let round = 0; round < 2; round++)
        expect(run()).toEqual({ at: 4, values: [result], written: [0, 1, 2], caches });
      // From the middle.
      expect(run(2, inputs[2]!)).toMatchObject({ at: 4, values: [result], written: [2] });
    });
  });

  it("read a cache in the memory of weights", () => {
    for (const { kernels } of implementations.slice(1)) {
      const { run, expected } = layersOf(kernels, 1, plain, { isNear: true });
      expect(run()).toMatchObject({ at: 4, values: [expected().result] });
    }
  });

  it("have the same bits for any number of threads", async () => {
    const cases = fc
      .sample(fc.tuple(seeds, sizes), { numRuns: 4, seed: 2 })
      .map(([seed, drawn]) => layersOf(current() as Own, seed, { ...drawn, keys: 256, group: 4 }));
    const alone = cases.map(({ run }) => run());
    for (const { at } of alone) expect(at).toBe(4);
    for (const threads of [2, 3, 4, 8]) {
      await useThreads(threads);
      expect(cases.map(({ run }) => run())).toEqual(alone);
    }
  });

  it("end before a layer whose attention is to be computed elsewhere, with its inputs", () => {
    for (const { kernels } of implementations.slice(1)) {
      const { run, expected, x } = layersOf(kernels, 1, plain);
      const { inputs } = expected();
      for (const end of [0, 1, 2]) {
        const state = run(0, [x], (place) => place !== end);
        expect(state.at).toBe(end);
        expect(state.values).toEqual(inputs[end]);
        expect(state.written).toEqual([0, 1, 2].slice(0, end));
      }
    }
  });

  it("end before a layer with numbers that need more than float32, with its inputs", () => {
    const { run } = layersOf(implementations[1]!.kernels, 1, plain, { largest: 1e4 });
    const { x } = layersOf(implementations[1]!.kernels, 1, plain);
    expect(run()).toMatchObject({ at: 0, values: [x], written: [] });
  });

  it("leave the inputs of a layer as they are, even if it rotates them", () => {
    const { kernels } = implementations[1]!;
    const q8 = { ...plain, stored: plain.stored.map(() => ["q8", "q8", "q8", "q8"] as const) };
    const { run, expected, chain } = layersOf(kernels, 1, q8);
    const [first, second, ...others] = chain.programs;
    const spec = { rows: 1, heads: 6, headDim: 64, dimensions: 32, interleaved: false };
    const nothing = new Float32Array(SIZE).fill(Number.NaN);
    // A row of NaN cannot be rounded.
    const steps = [
      { kind: "rotary" as const, x: 1, spec },
      { kind: "rmsNorm" as const, x: 0, weight: nothing, bias: undefined, epsilon: 1e-5 },
      { ...second!.steps.find(({ kind, x }) => kind === "products" && x > 1)!, x: 3 },
    ];
    const spoiled = { ...chain, programs: [first!, { ...second!, steps, results: [3, 2, 4, 5] }, ...others] };
    expect(run(0, undefined, undefined, spoiled)).toMatchObject({ at: 1, values: expected().inputs[1] });
  });

  it("are left to the operations by kernels that do not have them, and by a cache elsewhere", () => {
    const { run, x } = layersOf(referenceKernels, 1, plain);
    expect(run()).toMatchObject({ at: 0, values: [x], written: [] });
    const small = { ...plain, capacity: 8, keys: 5, keyValueHeads: 1, headDim: 16 };
    expect(layersOf(implementations[1]!.kernels, 1, small).run()).toMatchObject({ at: 0, written: [] });
  });
});
