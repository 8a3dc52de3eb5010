import { createHash } from "node:crypto";
import { afterEach, describe, expect, it } from "vitest";
import { type AttentionSpec, type Kernels, type Unary, useThreads } from "../../src/kernels";
import {
  adamW,
  attentionGradient,
  crossEntropy,
  crossEntropyGradient,
  keepQuantized,
  layerNormGradient,
  logSoftmaxGradient,
  multiplyQuantized,
  rmsNormGradient,
  scatterRows,
  softmaxGradient,
  sum,
  unaryGradient,
} from "../../src/kernels/internal";
import { quantizeRows } from "../../src/kernels/quantized";
import { normal } from "./compare";
import { unaries } from "./formulas";
import { implementations } from "./implementations";
import { spreads } from "./spreads";

const [rows, size] = [501, 130];
const [x, upstream, weight] = [normal(1, "x", rows * size), normal(2, "g", rows * size), normal(3, "w", size)];
const axis = { outer: rows, size, inner: 1 };
const across = { outer: 3, size: rows / 3, inner: size };
const norm = { rows, size, epsilon: 1e-5 };
const ids = Int32Array.from({ length: rows }, (_, row) => (row * row) % 97);

type Result = Float32Array | { readonly [part: string]: Float32Array | undefined };

/** Every kernel that shares its work, with sizes that make several parts. */
function* calls(kernels: Kernels<Float32Array>): Generator<[name: string, result: Result]> {
  for (const name of Object.keys(unaries) as Unary[]) {
    yield [name, kernels.unary(name, x)];
    yield [`${name} gated`, kernels.unary(name, x, upstream)];
    yield [`${name} gradient`, kernels.run(unaryGradient, name, x, upstream)];
  }
  const shape = [rows, size];
  const [whole, byRow, byColumn] = [[size, 1] as const, [0, 1] as const, [1, 0] as const];
  for (const name of ["add", "subtract", "multiply", "divide"] as const) {
    yield [name, kernels.binary(name, x, upstream, { shape, stepsA: whole, stepsB: whole })];
    yield [`${name} by rows`, kernels.binary(name, weight, x, { shape, stepsA: byRow, stepsB: whole })];
    yield [`${name} by columns`, kernels.binary(name, x, upstream, { shape, stepsA: whole, stepsB: byColumn })];
  }
  yield ["where", kernels.where(x, upstream, weight, { shape, stepsCondition: whole, stepsA: whole, stepsB: byRow })];
  for (const along of [axis, across]) {
    yield ["sum", kernels.run(sum, x, along)];
    yield ["softmax", kernels.softmax(x, along)];
    yield ["softmax gradient", kernels.run(softmaxGradient, x, along, upstream)];
    yield ["logSoftmax", kernels.logSoftmax(x, along)];
    yield ["logSoftmax gradient", kernels.run(logSoftmaxGradient, x, along, upstream)];
  }
  yield ["layerNorm", kernels.layerNorm(x, weight, weight, norm)];
  yield ["layerNorm gradient", kernels.run(layerNormGradient, x, weight, norm, upstream)];
  yield ["rmsNorm", kernels.rmsNorm(x, weight, norm)];
  yield ["rmsNorm gradient", kernels.run(rmsNormGradient, x, weight, norm, upstream)];
  const loss = { rows, classes: size, targets: ids, ignoreIndex: 5, weight };
  yield ["crossEntropy", kernels.run(crossEntropy, x, loss)];
  yield ["crossEntropy gradient", kernels.run(crossEntropyGradient, x, loss, upstream.subarray(0, rows))];
  yield ["scatterRows", kernels.run(scatterRows, x, ids, 97, size)];
  const turn = { rows, heads: 2, headDim: size / 2, dimensions: 62, interleaved: false };
  yield ["rotary", kernels.rotary(x, upstream, upstream.subarray(7), turn, true)];
  const [parameter, first, second] = [x.slice(), upstream.slice(), x.map(Math.abs)];
  const step = { learningRate: 0.1, betas: [0.9, 0.99], epsilon: 1e-8, weightDecay: 0.1, step: 2 } as const;
  kernels.run(adamW, parameter, upstream, first, second, step);
  yield ["adamW", { parameter, first, second }];
  yield* products(kernels);
  yield* attentions(kernels);
}

function* products(kernels: Kernels<Float32Array>): Generator<[name: string, result: Result]> {
  const [n, k] = [rows, 128];
  const kept = kernels.keep(x.subarray(0, n * k));
  const factors = [n, 77, 130].map((each, i) => ({
    weight: kept.subarray(0, each * k),
    rows: each,
    bias: i ? x.subarray(0, each) : undefined,
  }));
  for (const [i, result] of kernels.multiplyRow(upstream.subarray(0, k), factors).entries())
    yield [`weight ${i} of a row`, result];
  for (const m of [1, 3, 50]) {
    const [a, bias] = [upstream.subarray(0, m * k), x.subarray(0, n)];
    for (const kept of [false, true]) {
      const b = kept ? kernels.keep(x.subarray(0, n * k)) : x.subarray(0, n * k);
      for (const transposeA of [false, true])
        for (const transposeB of [false, true]) {
          const spec = { m, k, n, transposeA, transposeB, batchA: [0], batchB: [0] };
          yield [`matmul ${JSON.stringify({ m, kept, transposeA, transposeB })}`, kernels.matmul(a, b, spec, bias)];
        }
      for (const format of ["q8", "q4"] as const) {
        const matrix = quantizeRows(x.subarray(0, n * k), n, k, format);
        const result = kernels.run(multiplyQuantized, a, kept ? kernels.run(keepQuantized, matrix) : matrix, m, bias);
        yield [`${format}, ${m} rows, kept ${kept}`, result];
      }
    }
  }
}

function* attentions(kernels: Kernels<Float32Array>): Generator<[name: string, result: Result]> {
  const spec = {
    batch: 2,
    keys: 100,
    capacity: 101,
    heads: 6,
    keyValueHeads: 2,
    scale: 0.3,
  };
  for (const [queries, headDim] of [
    [1, 32],
    [1, 33],
    [90, 33],
  ] as const) {
    const base = { ...spec, queries, headDim, valueDim: headDim, causal: true, mask: undefined };
    const extra = spreads(1, [2, 6, queries, 100], {
      masked: [false, true, false, true],
      biased: [true, false, true, false],
    });
    const far = { ...extra.bias!, values: extra.bias!.values.map((value, i) => (i % 3 === 0 ? value - 1e9 : value)) };
    const many = [base, { ...base, window: 20, softcap: 3, ...extra }, { ...base, window: 2, bias: far }];
    for (const each of many satisfies AttentionSpec[]) {
      const q = x.subarray(0, 2 * queries * 6 * headDim);
      const [k, v] = [upstream.subarray(0, 2 * 101 * 2 * headDim), x.subarray(0, 2 * 101 * 2 * headDim)];
      const saved = kernels.attention(q, k, v, each);
      yield [`attention of ${queries} × ${headDim}`, { ...saved }];
      yield [
        `attention gradient of ${queries} × ${headDim}`,
        kernels.run(attentionGradient, q, k, v, each, saved, upstream.subarray(0, q.length)),
      ];
    }
  }
}

const hash = (result: Result): string => {
  const parts = result instanceof Float32Array ? [result] : Object.values(result);
  const sum = createHash("sha256");
  for (const part of parts) if (part) sum.update(new Uint8Array(part.buffer, part.byteOffset, part.byteLength));
  return sum.digest("hex");
};

const hashes = (kernels: Kernels<Float32Array>) =>
  Array.from(calls(kernels), ([name, result]) => `${name}: ${hash(result)}`);

describe.each(implementations.slice(1).map(({ kernels }) => kernels))("$name", (kernels) => {
  afterEach(() => useThreads(1));

  it("gives the same bits for any number of threads, in every kernel", async () => {
    const alone = hashes(kernels);
    for (const threads of [2, 3, 4, 8]) {
      await useThreads(threads);
      // The first calls only wake the workers.
      for (let round = 0; round < 2; round++) expect(hashes(kernels)).toEqual(alone);
    }
  });
});
