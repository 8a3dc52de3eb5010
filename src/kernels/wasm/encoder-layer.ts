import type { EncoderLayer, LayerFactor } from "../layers";
import type { QuantizedCells } from "../quantized";
import type { AttentionSpec } from "../specs";
import { regionOf } from "./arenas";
import { packRows, TILE_COLUMNS } from "./blocks";
import { type LayerPlace, type Multiplier, runLayer } from "./layer-run";
import { compiled, type Flavor } from "./module";
import { align, type Region } from "./region";
import { dispatch } from "./threads";

/** Where the products of a layer with quantized weights are computed, and how; undefined if not in one go. */
export type QuantizedLayers = (
  flavor: Flavor,
  layer: EncoderLayer<QuantizedCells>,
) => Pick<LayerPlace<QuantizedCells>, "region" | "multiplier"> | undefined;

export function encodeLayer(
  flavor: Flavor,
  x: Float32Array,
  layer: EncoderLayer | EncoderLayer<QuantizedCells>,
  spec: AttentionSpec<Float32Array>,
  quantized?: QuantizedLayers,
): Float32Array | undefined {
  if (!isFloat(layer)) {
    const place = quantized?.(flavor, layer);
    return place && runLayer({ ...place, flavor, main: place.region.with(compiled(flavor)), layer, spec }, x);
  }
  const region = homeOf(layer, ({ weight }) => regionOf(weight));
  if (region?.module !== compiled(flavor)) return undefined;
  return runLayer({ flavor, region, main: region, multiplier: floatProducts(region), layer, spec }, x);
}

const isFloat = (layer: EncoderLayer | EncoderLayer<QuantizedCells>): layer is EncoderLayer =>
  layer.query.weight instanceof Float32Array;

/** The memory that holds most of the weights. */
export function homeOf<Weight>(
  { up, down, query }: EncoderLayer<Weight>,
  find: (factor: LayerFactor<Weight>) => Region | undefined,
): Region | undefined {
  const [first, second, third] = [find(up), find(down), find(query)];
  return first === second || first === third ? first : second;
}

/** Products of many rows, as in ./blocks.ts. */
const floatProducts = (region: Region): Multiplier<Float32Array> => ({
  packedBytes: (rows, k) => 4 * k * (rows + 4),
  panelBytes: (k) => align(48 * k + 192),
  pack: (x, rows, k, packed) => packRows(region, x, rows, k, false, packed),
  multiply: (packed, rows, k, { at, rows: n, bias, to }, scratch, scratchBytes) =>
    dispatch(region, "multiply", [packed, at, to, bias, rows, k, 4 * k, 1, 4 * n], {
      ...{ count: n, work: rows * k, multiple: TILE_COLUMNS, scratch, scratchBytes },
    }),
  rounds: false,
  bytesOf: (weight) => weight,
});
