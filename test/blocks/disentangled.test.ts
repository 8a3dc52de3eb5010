import {
  DisentangledAttention,
  type DisentangledAttentionConfig,
  DistanceEmbedding,
  initialize,
  type Linear,
  type Module,
  type Sequence,
  type Tensor,
  tensor,
} from "transformer-blocks";
import { checkGradients } from "transformer-blocks/testing";
import { describe, expect, it } from "vitest";
import { expectWithin, normal } from "../kernels/compare";

const [batch, seq, dModel, heads, span] = [2, 5, 6, 2, 3];
const headDim = dModel / heads;
const x: Tensor<Sequence> = tensor(normal(1, "x", batch * seq * dModel), [batch, seq, dModel]);
const range = (length: number) => Array.from({ length }, (_, i) => i);
const dot = (a: readonly number[], b: readonly number[]) => a.reduce((total, value, i) => total + value * b[i]!, 0);

/** Each parameter gets numbers of its own. */
function own<M extends Module>(module: M): M {
  initialize(module, { seed: 2 });
  for (const [path, parameter] of module.parameters()) parameter.assign(normal(3, path, parameter.size));
  return module;
}
const rowOf = ({ data }: Tensor, row: number, width = dModel) =>
  Array.from(data.subarray(row * width, (row + 1) * width));
const project = ({ weight, bias }: Linear, input: readonly number[]) =>
  range(dModel).map((i) => dot(rowOf(weight, i), input) + (bias?.data[i] ?? 0));

describe("DistanceEmbedding", () => {
  const rows = (embedding: DistanceEmbedding, distances: readonly number[], rowOfDistance: (d: number) => number) =>
    distances.map((distance) => rowOf(embedding.weight, rowOfDistance(distance)));
  const distances = (length: number) => range(2 * length).map((i) => i - length);

  it.each([1, 3, 7])("of %d tokens has a vector for each distance, that of the end for longer ones", (length) => {
    const embedding = own(new DistanceEmbedding({ dModel, span }));
    const found = embedding.forward(length);
    expect(found.shape).toEqual([2 * length, dModel]);
    const wanted = rows(embedding, distances(length), (d) => (d <= -span ? 0 : d >= span ? 2 * span - 1 : d + span));
    expectWithin(found.data, wanted.flat(), 0);
  });

  it("shares vectors by the logarithm of distances above half of the span", () => {
    const [wide, maxDistance] = [8, 20];
    const embedding = own(new DistanceEmbedding({ dModel, span: wide, maxDistance }));
    const half = wide / 2;
    const place = (d: number) => {
      const length = Math.abs(d);
      if (length <= half) return d;
      const share = Math.log(length / half) / Math.log((maxDistance - 1) / half);
      return Math.sign(d) * (half + Math.ceil(share * (half - 1)));
    };
    const wanted = rows(embedding, distances(30), (d) => Math.min(Math.max(place(d) + wide, 0), 2 * wide - 1));
    expectWithin(embedding.forward(30).data, wanted.flat(), 0);
    expect([5, 6, 7, 11, 12, 19].map(place)).toEqual([5, 5, 6, 6, 7, 7]);
  });

  it("normalizes its vectors with an epsilon", () => {
    const embedding = own(new DistanceEmbedding({ dModel, span, epsilon: 0.1 }));
    const { weight, bias } = embedding.norm!;
    const wanted = range(2 * span).flatMap((i) => {
      const row = rowOf(embedding.weight, i);
      const mean = row.reduce((a, b) => a + b) / dModel;
      const variance = row.reduce((total, value) => total + (value - mean) ** 2, 0) / dModel;
      return row.map((value, j) => ((value - mean) / Math.sqrt(variance + 0.1)) * weight!.data[j]! + bias!.data[j]!);
    });
    expectWithin(embedding.forward(span).data, wanted, 1e-6);
    expect(checkGradients(() => embedding.forward(4), embedding).maxRelativeError).toBeLessThan(1e-3);
  });
});

/**
 * Section 3.1 of the paper, index by index. Its equation 4 reads the queries of distances at j − i; the published code
 * and checkpoints read them at i − j, and so do we.
 */
function formula(layer: DisentangledAttention, terms: number, sees: (row: number, i: number, j: number) => boolean) {
  const part = (vector: readonly number[], head: number) => vector.slice(head * headDim, (head + 1) * headDim);
  const vectorOf = (distance: number) =>
    rowOf(layer.distances!.weight, Math.min(Math.max(distance + span, 0), 2 * span - 1));
  return range(batch).flatMap((row) => {
    const token = (place: number) => rowOf(x, row * seq + place);
    const [q, k, v] = [layer.query, layer.key, layer.value].map((projection) =>
      range(seq).map((place) => project(projection, token(place))),
    ) as [number[][], number[][], number[][]];
    const score = (head: number, i: number, j: number) => {
      const [query, key] = [part(q[i]!, head), part(k[j]!, head)];
      let total = dot(query, key);
      if (layer.distanceKey) total += dot(query, part(project(layer.distanceKey, vectorOf(i - j)), head));
      if (layer.distanceQuery) total += dot(key, part(project(layer.distanceQuery, vectorOf(i - j)), head));
      return total / Math.sqrt(headDim * (1 + terms));
    };
    return range(seq).flatMap((i) => {
      const context = range(heads).flatMap((head) => {
        const powers = range(seq).map((j) => (sees(row, i, j) ? Math.exp(score(head, i, j)) : 0));
        const total = powers.reduce((a, b) => a + b);
        return range(headDim).map(
          (c) =>
            dot(
              powers,
              v.map((value) => part(value, head)[c]!),
            ) / total,
        );
      });
      return project(layer.output, context);
    });
  });
}

describe("DisentangledAttention scores contents and distances apart", () => {
  const make = (config: Partial<DisentangledAttentionConfig>) =>
    own(new DisentangledAttention({ dModel, heads, distances: new DistanceEmbedding({ dModel, span }), ...config }));
  const both = ["contentToPosition", "positionToContent"] as const;
  const all = () => true;

  it.each<[string, Partial<DisentangledAttentionConfig>]>([
    ["content to content only", {}],
    ["content to position", { terms: ["contentToPosition"] }],
    ["position to content", { terms: ["positionToContent"] }],
    ["both terms", { terms: both }],
    ["both terms, keys without bias", { terms: both, keyBias: false }],
    ["both terms, projections shared with contents", { terms: both, sharedProjections: true }],
  ])("with %s", (_, config) => {
    const layer = make(config);
    const found = layer.forward(x);
    expect(found.shape).toEqual(x.shape);
    expectWithin(found.data, formula(layer, config.terms?.length ?? 0, all), 2e-5);
  });

  it("terms without distances only change the scale", () => {
    const layer = make({ terms: both, distances: undefined });
    expectWithin(layer.forward(x).data, formula(layer, 2, all), 2e-5);
  });

  it("sees no later token under causal", () => {
    const layer = make({ terms: both });
    expectWithin(
      layer.forward(x, { causal: true }).data,
      formula(layer, 2, (_row, i, j) => j <= i),
      2e-5,
    );
  });

  it("does not see padding, and a query that is padding sees all tokens alike", () => {
    const layer = make({ terms: both });
    const kept = [
      [1, 1, 1, 0, 0],
      [1, 1, 1, 1, 1],
    ];
    const found = layer.forward(x, { mask: kept });
    const wanted = formula(layer, 2, (row, _i, j) => kept[row]![j] === 1);
    const values = range(seq).map((place) => project(layer.value, rowOf(x, place)));
    const alike = project(
      layer.output,
      range(dModel).map((c) => values.reduce((total, value) => total + value[c]!, 0) / seq),
    );
    wanted.splice(3 * dModel, 2 * dModel, ...alike, ...alike);
    expectWithin(found.data, wanted, 2e-5);
  });

  it("has exact gradients, those of distances too", () => {
    const layer = make({ terms: both });
    for (const [, parameter] of layer.parameters()) parameter.assign(parameter.data.map((value) => value / 3));
    expect(checkGradients(() => layer.forward(x), layer).maxRelativeError).toBeLessThan(1e-3);
    expect(checkGradients((y) => layer.forward(y), [x]).maxRelativeError).toBeLessThan(1e-3);
  });
});
