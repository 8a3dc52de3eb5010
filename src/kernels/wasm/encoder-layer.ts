import { type EncoderLayer, factorsOf, type LayerFactor } from "../layers";
import type { QuantizedCells } from "../quantized";
import type { AttentionSpec } from "../specs";
import { regionOf } from "./arenas";
import { packRows, TILE_COLUMNS } from "./blocks";
import type { LayerPlace } from "./layer-plan";
import { runLayers } from "./layer-run";
import { compiled, type Flavor } from "./module";
import type { Multiplier } from "./packed-rows";
import { align, type Region } from "./region";
import { dispatch } from "./threads";

/** What came out of the first `count` layers. */
export interface EncodedLayers {
  encoded: Float32Array;
  count: number;
}

/**
 * Where products with quantized weights are computed, in the memory of most of the first three, and how; undefined if not in
 * one go.
 */
export type QuantizedLayers = (
  flavor: Flavor,
  factors: readonly LayerFactor<QuantizedCells>[],
) => Products<QuantizedCells> | undefined;

export type Products<Weight> = Pick<LayerPlace<Weight>, "region" | "multiplier">;

export function encodeLayers(
  flavor: Flavor,
  x: Float32Array,
  layers: readonly EncoderLayer[] | readonly EncoderLayer<QuantizedCells>[],
  spec: AttentionSpec<Float32Array>,
  quantized?: QuantizedLayers,
): EncodedLayers | undefined {
  if (!areFloat(layers)) return encodeAlike(flavor, x, layers, spec, (layer) => quantized?.(flavor, factorsOf(layer)));
  return encodeAlike(flavor, x, layers, spec, (layer) => floatLayers(flavor, factorsOf(layer)));
}

/** The same for weights in float32. */
export function floatLayers(flavor: Flavor, factors: readonly LayerFactor<Float32Array>[]) {
  const region = homeOf(factors, ({ weight }) => regionOf(weight));
  return region?.module === compiled(flavor) ? { region, multiplier: floatProducts(region) } : undefined;
}

const areFloat = (
  layers: readonly EncoderLayer[] | readonly EncoderLayer<QuantizedCells>[],
): layers is readonly EncoderLayer[] => layers[0]!.query.weight instanceof Float32Array;

/** The first layers whose weights lie in one memory and are multiplied alike. */
function encodeAlike<Weight>(
  flavor: Flavor,
  x: Float32Array,
  layers: readonly EncoderLayer<Weight>[],
  spec: AttentionSpec<Float32Array>,
  productsOf: (layer: EncoderLayer<Weight>) => Products<Weight> | undefined,
): EncodedLayers | undefined {
  const products = productsOf(layers[0]!);
  if (!products) return undefined;
  const { region, multiplier } = products;
  const joins = (layer: EncoderLayer<Weight>) => {
    const own = productsOf(layer);
    const isHere = ({ weight }: LayerFactor<Weight>) => multiplier.bytesOf(weight).buffer === region.memory.buffer;
    return (
      own?.region === region &&
      own.multiplier.kind === multiplier.kind &&
      layer.up.rows === layers[0]!.up.rows &&
      factorsOf(layer).every(isHere)
    );
  };
  const end = layers.findIndex((layer, i) => i > 0 && !joins(layer));
  const count = end < 0 ? layers.length : end;
  const main = region.module === compiled(flavor) ? region : region.with(compiled(flavor));
  const encoded = runLayers({ flavor, region, main, multiplier, layers: layers.slice(0, count), spec }, x);
  return encoded && { encoded, count };
}

/** The memory that holds most of the first three weights. */
export function homeOf<Weight>(
  factors: readonly LayerFactor<Weight>[],
  find: (factor: LayerFactor<Weight>) => Region | undefined,
): Region | undefined {
  const [first, second, third] = factors.map(find);
  return first === second || first === third ? first : second;
}

/** Products of many rows, as in ./blocks.ts. */
const floatProducts = (region: Region): Multiplier<Float32Array> => ({
  kind: "float32",
  packedBytes: (rows, k) => 4 * k * (rows + 4),
  panelBytes: (k) => align(48 * k + 192),
  pack: (x, rows, k, packed) => packRows(region, x, rows, k, false, packed),
  multiply: (packed, rows, k, { at, rows: n, bias, to }, scratch, scratchBytes) =>
    dispatch(region, "multiply", [packed, at, to, bias, rows, k, 4 * k, 1, 4 * n], {
      ...{ count: n, work: rows * k, multiple: TILE_COLUMNS, scratch, scratchBytes, fine: true },
    }),
  rounds: false,
  bytesOf: (weight) => weight,
});
