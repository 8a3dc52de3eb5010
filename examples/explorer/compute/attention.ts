import { type DecoderModel, multiply, type Tensor, tensor } from "transformer-blocks";
import { inspect, type Patches, patch } from "transformer-blocks/inspect";

/** The attention of a layer: [heads, queries, keys]. */
export interface LayerAttention {
  layer: number;
  heads: number;
  queries: number;
  keys: number;
  weights: Float32Array;
}

const SITE = "blocks.*.attention.weights";

/** How a head is named in a set of silenced ones. */
export const headName = (layer: number, head: number): string => `${layer}.${head}`;

/** The attention weights of every layer, and the scores of the next token. */
export function attentionOf(model: DecoderModel, ids: number[]): { layers: LayerAttention[]; logits: Float32Array } {
  const { output, record } = inspect(model, (pass) => model.forward([ids], pass), { sites: [SITE] });
  return { layers: layersOf(record), logits: lastRow(output) };
}

/** The layers of a record whose places have a number, as in `decoder.blocks.0.crossAttention.weights`. */
export function layersOf(record: ReadonlyMap<string, Tensor>): LayerAttention[] {
  return [...record].map(([place, { shape, data }]) => {
    const [, heads = 0, queries = 0, keys = 0] = shape;
    return { layer: Number(/\d+/.exec(place)?.[0] ?? 0), heads, queries, keys, weights: data };
  });
}

/** One head's matrix, [queries, keys]. */
export function headOf({ heads, queries, keys, weights }: LayerAttention, head: number): Float32Array {
  if (head >= heads) throw new RangeError(`headOf: there is no head ${head} among ${heads}`);
  return weights.subarray(head * queries * keys, (head + 1) * queries * keys);
}

/** The mean of a layer's heads, [queries, keys]. */
export function meanHead(layer: LayerAttention): Float32Array {
  const mean = new Float32Array(layer.queries * layer.keys);
  for (let head = 0; head < layer.heads; head++)
    headOf(layer, head).forEach((weight, i) => {
      mean[i]! += weight / layer.heads;
    });
  return mean;
}

/** The scores of the next token when some heads pass nothing on: their weights are 0. */
export function silencedLogits(model: DecoderModel, ids: number[], silenced: ReadonlySet<string>): Float32Array {
  const patches: Record<string, (value: Tensor) => Tensor> = {};
  for (const layer of new Set([...silenced].map((name) => Number(name.split(".")[0]))))
    patches[SITE.replace("*", String(layer))] = (weights) => {
      const heads = weights.shape[1]!;
      const kept = Float32Array.from({ length: heads }, (_, head) => (silenced.has(headName(layer, head)) ? 0 : 1));
      return multiply(weights, tensor(kept, [1, heads, 1, 1]));
    };
  return lastRow(patch(model, (pass) => model.forward([ids], pass), patches satisfies Patches));
}

/** The last position of the first text of [batch, seq, size]. */
export function lastRow({ data, shape }: Tensor): Float32Array {
  return data.slice(data.length - shape.at(-1)!);
}

/** The head whose tokens look most decidedly at others than themselves and the first: the first to be shown. */
export function mostTelling(layers: readonly LayerAttention[]): { layer: number; head: number } {
  let best = { layer: layers[0]?.layer ?? 0, head: 0, weight: -1 };
  for (const layer of layers)
    for (let head = 0; head < layer.heads; head++) {
      const weight = decidedness(headOf(layer, head), layer);
      if (weight > best.weight) best = { layer: layer.layer, head, weight };
    }
  return { layer: best.layer, head: best.head };
}

function decidedness(weights: Float32Array, { queries, keys }: LayerAttention): number {
  let sum = 0;
  for (let query = 2; query < queries; query++)
    sum += Math.max(...weights.subarray(query * keys + 1, query * keys + query));
  return sum;
}
