import { type EncoderLayer, factorsOf } from "../layers";
import { rowsOfText } from "../reference/attention";
import type { AttentionSpec } from "../specs";
import { roomForAttention } from "./layer-attention";
import type { Flavor } from "./module";
import { LEAST_PACKED, type Multiplier, type PackedPlan, planPacked, rowsOfBlock } from "./packed-rows";
import { align, type Place, type Region } from "./region";

/** Layers of one size and where they run: the memory of their weights, and the kernels of attention and norms there. */
export interface LayerPlace<Weight> {
  flavor: Flavor;
  region: Region;
  main: Place;
  multiplier: Multiplier<Weight>;
  layers: readonly EncoderLayer<Weight>[];
  spec: AttentionSpec<Float32Array>;
}

/** Bytes of the values of all texts that run at a time, unless a single text has more. */
const VALUES = 2 ** 23;
/** Values of a row: x, query, key, value and context. */
export const COUNT = 5;
/** Bytes of the rows between the two products of the feed-forward layer. */
const HIDDEN = 2 ** 22;

/** Texts that run together. */
export interface Turn {
  /** The first text and the first row. */
  text: number;
  row: number;
  texts: number;
  rows: number;
}

/** How rows run through layers. */
export interface LayerPlan {
  /** The width of the layers, and between the two products of the feed-forward layer. */
  size: number;
  wide: number;
  turns: readonly Turn[];
  /** Rows of the largest turn, and of a block of rows that are packed together. */
  rows: number;
  block: number;
  packed: PackedPlan;
  bytes: number;
}

/** Undefined for so few rows that they are multiplied in other ways. */
export function planLayers<Weight>(place: LayerPlace<Weight>, count: number): LayerPlan | undefined {
  const { multiplier, spec, layers } = place;
  const { query, up } = layers[0]!;
  const [size, wide] = [query.rows, up.rows];
  if (count < LEAST_PACKED) return undefined;
  const turns = turnsOf(spec, VALUES / (4 * COUNT * size));
  const rows = turns.reduce((most, turn) => Math.max(most, turn.rows), 0);
  const block = rowsOfBlock(rows, HIDDEN / 4 / Math.max(size, wide));
  const packed = planPacked(multiplier, block, [size, wide]);
  const small = layers.length * (10 * align(4 * size) + align(4 * wide));
  const own = COUNT * align(4 * rows * size) + align(4 * block * wide) + packed.bytes;
  const bytes = bytesElsewhere(place) + small + own + roomForAttention(place.main, spec, rows);
  return { size, wide, turns, rows, block, packed, bytes };
}

/** Bytes of the weights that lie in other memories, and are copied. */
function bytesElsewhere<Weight>({ multiplier, layers, region }: LayerPlace<Weight>): number {
  const stored = layers.flatMap((layer) => factorsOf(layer).map(({ weight }) => multiplier.bytesOf(weight)));
  const elsewhere = stored.filter(({ buffer }) => buffer !== region.memory.buffer);
  return elsewhere.reduce((sum, { byteLength }) => sum + align(byteLength), 0);
}

/** As many texts at a time as have at most `most` rows. */
function turnsOf(spec: AttentionSpec<Float32Array>, most: number): Turn[] {
  const turns: Turn[] = [];
  for (let text = 0; text < spec.batch; text++) {
    const { first: row, queries: rows } = rowsOfText(spec, text);
    const last = turns.at(-1);
    if (!last || last.rows + rows > most) turns.push({ text, row, texts: 1, rows });
    else {
      last.texts++;
      last.rows += rows;
    }
  }
  return turns;
}
