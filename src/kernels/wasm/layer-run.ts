import type { EncoderLayer, LayerFactor, LayerNormalization } from "../layers";
import { rowsOfText } from "../reference/attention";
import type { AttentionSpec } from "../specs";
import { attendIn, roomForAttention } from "./layer-attention";
import { activate, addNumbers, layerFunctions } from "./layer-functions";
import type { Flavor } from "./module";
import { align, type Place, type Region } from "./region";
import { dispatch, threadCount } from "./threads";

/** Products of rows that are packed once for several weights. */
export interface Multiplier<Weight> {
  /** What the left side is packed for: the same for layers that can run together. */
  kind: string;
  packedBytes(rows: number, k: number): number;
  panelBytes(k: number): number;
  /** Packs x [rows, k]. */
  pack(x: number, rows: number, k: number, packed: number): void;
  multiply(packed: number, rows: number, k: number, factor: PlacedFactor<Weight>, panels: number, bytes: number): void;
  /** Whether x is rounded, so that a row with NaN or infinity has to be multiplied in another way. */
  rounds: boolean;
  /** The numbers or cells of a weight. */
  bytesOf(weight: Weight): Float32Array | Uint8Array;
}

/** A weight with its address and that of its bias, and where the product goes. */
export interface PlacedFactor<Weight> {
  weight: Weight;
  at: number;
  rows: number;
  bias: number;
  to: number;
}

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
const COUNT = 5;
/** Bytes of the rows between the two products of the feed-forward layer. */
const HIDDEN = 2 ** 22;
/** Blocks of rows are a multiple of this: tiles have three or four. */
const TILE_ROWS = 12;
/** Fewer rows are multiplied in other ways. */
const LEAST = 33;

/** Texts that run together. */
export interface Turn {
  /** The first text and the first row. */
  text: number;
  row: number;
  texts: number;
  rows: number;
}

/** x through the layers; undefined if there is no room for it, or if numbers need the parts one by one. */
export function runLayers<Weight>(place: LayerPlace<Weight>, x: Float32Array): Float32Array | undefined {
  const { region, spec } = place;
  const { size } = sizesOf(place);
  if (x.length < LEAST * size) return undefined;
  const turns = turnsOf(spec, VALUES / (4 * COUNT * size));
  const rows = turns.reduce((most, turn) => Math.max(most, turn.rows), 0);
  const bytes = roomForLayers(place, rows);
  if (region.room < bytes) return undefined;
  const output = new Float32Array(x.length);
  const done = region.scratch(bytes, () => {
    const run = new LayersRun(place, rows);
    return turns.every((turn) => run.run(x, turn, output));
  });
  return done ? output : undefined;
}

/** The width of the layers, and between the two products of the feed-forward layer. */
const sizesOf = ({ layers }: LayerPlace<unknown>) => ({ size: layers[0]!.query.rows, wide: layers[0]!.up.rows });

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

/** Blocks of equal size. */
function blockRows(place: LayerPlace<unknown>, rows: number): number {
  const { size, wide } = sizesOf(place);
  const fitting = Math.max(TILE_ROWS, HIDDEN / 4 / Math.max(size, wide));
  return Math.ceil(rows / Math.ceil(rows / fitting) / TILE_ROWS) * TILE_ROWS;
}

function roomForLayers<Weight>(place: LayerPlace<Weight>, rows: number): number {
  const { multiplier, spec, layers } = place;
  const { size, wide } = sizesOf(place);
  const block = blockRows(place, rows);
  const packed = Math.max(multiplier.packedBytes(block, size), multiplier.packedBytes(block, wide));
  const panels = threadCount() * multiplier.panelBytes(Math.max(size, wide));
  const elsewhere = layers
    .flatMap(({ query, key, value, output, up, down }) => [query, key, value, output, up, down])
    .map(({ weight }) => multiplier.bytesOf(weight))
    .filter(({ buffer }) => buffer !== place.region.memory.buffer);
  const copied = elsewhere.reduce((sum, { byteLength }) => sum + align(byteLength), 0);
  const small = layers.length * (10 * align(4 * size) + align(4 * wide));
  const own = COUNT * align(4 * rows * size) + align(4 * block * wide) + align(packed) + align(panels);
  return copied + small + own + roomForAttention(place.main, spec, rows);
}

class LayersRun<Weight> {
  readonly #place: LayerPlace<Weight>;
  readonly #functions: Place;
  readonly #size: number;
  readonly #wide: number;
  readonly #block: number;
  readonly #values: number[];
  readonly #hidden: number;
  readonly #packed: number;
  readonly #panels: number;
  /** The addresses of biases and norms, and of weights in other memories. */
  readonly #copied = new Map<Float32Array | Uint8Array, number>();

  constructor(place: LayerPlace<Weight>, rows: number) {
    const { region, multiplier } = place;
    this.#place = place;
    this.#functions = layerFunctions(region, place.flavor);
    ({ size: this.#size, wide: this.#wide } = sizesOf(place));
    this.#block = blockRows(place, rows);
    this.#values = Array.from({ length: COUNT }, () => region.take(4 * rows * this.#size));
    this.#hidden = region.take(4 * this.#block * this.#wide);
    const packed = [this.#size, this.#wide].map((k) => multiplier.packedBytes(this.#block, k));
    this.#packed = region.take(Math.max(...packed));
    this.#panels = region.take(threadCount() * this.#panelBytes);
  }

  get #panelBytes(): number {
    return this.#place.multiplier.panelBytes(Math.max(this.#size, this.#wide));
  }

  /** @returns false if the numbers need the parts one by one */
  run(x: Float32Array, turn: Turn, output: Float32Array): boolean {
    const { region, layers } = this.#place;
    const [from, to] = [turn.row * this.#size, (turn.row + turn.rows) * this.#size];
    const [first] = this.#values as [number];
    region.numbers.set(x.subarray(from, to), first / 4);
    const end = layers.reduce<number | undefined>(
      (input, layer) => (input === undefined ? undefined : this.#layer(layer, input, turn)),
      first,
    );
    if (end !== undefined) output.set(region.view(end, turn.rows * this.#size), from);
    return end !== undefined;
  }

  /** @returns where the result is; undefined if the numbers need the parts one by one */
  #layer(layer: EncoderLayer<Weight>, input: number, turn: Turn): number | undefined {
    const { rows } = turn;
    const others = this.#values.filter((at) => at !== input);
    const [a, b, c, d] = others as [number, number, number, number];
    const { query, key, value, attentionNorm, feedForwardNorm, normFirst } = layer;
    const seen = normFirst ? d : input;
    const targets = [this.#to(query, a), this.#to(key, b), this.#to(value, c)];
    const isRight =
      (!normFirst || this.#normalize(attentionNorm, input, d, rows)) &&
      this.#multiply(seen, rows, targets) &&
      this.#attend([a, b, c, d], turn) &&
      this.#multiply(d, rows, [this.#to(layer.output, a)]) &&
      this.#add(a, input, rows) &&
      this.#normalize(normFirst ? feedForwardNorm : attentionNorm, a, b, rows) &&
      this.#feedForward(layer, b, c, rows) &&
      this.#add(c, normFirst ? a : b, rows) &&
      (normFirst || this.#normalize(feedForwardNorm, c, a, rows));
    if (!isRight) return undefined;
    return normFirst ? c : a;
  }

  #to({ weight, rows, bias }: LayerFactor<Weight>, to: number): PlacedFactor<Weight> {
    const { region, multiplier } = this.#place;
    const stored = multiplier.bytesOf(weight);
    const at = stored.buffer === region.memory.buffer ? stored.byteOffset : this.#put(stored);
    return { weight, at, rows, bias: this.#put(bias), to };
  }

  #put(numbers: Float32Array | Uint8Array | undefined): number {
    if (!numbers) return 0;
    const at = this.#copied.get(numbers) ?? this.#place.region.putBytes(numbers);
    this.#copied.set(numbers, at);
    return at;
  }

  /** Calls `each` with the first row of each block and its rows, as long as it is right. */
  #blocks(rows: number, each: (first: number, height: number) => boolean): boolean {
    for (let first = 0; first < rows; first += this.#block)
      if (!each(first, Math.min(this.#block, rows - first))) return false;
    return true;
  }

  #multiply(x: number, rows: number, factors: readonly PlacedFactor<Weight>[]): boolean {
    return this.#blocks(rows, (first, height) => this.#product(x, first, height, this.#size, factors));
  }

  /** Rows of x [rows, k] by several weights. */
  #product(x: number, first: number, height: number, k: number, factors: readonly PlacedFactor<Weight>[]): boolean {
    const { multiplier } = this.#place;
    multiplier.pack(x + 4 * first * k, height, k, this.#packed);
    return factors.every((factor) => {
      const to = factor.to + 4 * first * factor.rows;
      multiplier.multiply(this.#packed, height, k, { ...factor, to }, this.#panels, this.#panelBytes);
      return !multiplier.rounds || areNumbers(this.#place.region, to, height, factor.rows);
    });
  }

  #feedForward(layer: EncoderLayer<Weight>, x: number, to: number, rows: number): boolean {
    const up = this.#to(layer.up, this.#hidden);
    const down = this.#to(layer.down, to);
    return this.#blocks(rows, (first, height) => {
      const hidden = { ...up, to: this.#hidden - 4 * first * this.#wide };
      if (!this.#product(x, first, height, this.#size, [hidden])) return false;
      activate(this.#functions, layer.activation, this.#hidden, height * this.#wide);
      const next = { ...down, to: to + 4 * first * this.#size };
      return this.#product(this.#hidden, 0, height, this.#wide, [next]);
    });
  }

  #add(to: number, x: number, rows: number): boolean {
    addNumbers(this.#functions, to, x, rows * this.#size);
    return true;
  }

  #normalize({ weight, bias, epsilon }: LayerNormalization, x: number, to: number, rows: number): boolean {
    const { region, main } = this.#place;
    const [weightAt, biasAt] = [this.#put(weight), this.#put(bias)];
    return region.scratch(16, () => {
      const extreme = region.putIntegers([0]);
      const args = [x, weightAt, biasAt, to, this.#size, epsilon, extreme];
      dispatch(main, "layerNorm", args, { count: rows, work: 8 * this.#size, multiple: 1 });
      return region.integers[extreme / 4] === 0;
    });
  }

  #attend(values: readonly [number, number, number, number], turn: Turn): boolean {
    const { region, main, spec } = this.#place;
    return region.scratch(region.room, () => attendIn(region, main, spec, values, turn));
  }
}

/** Whether no row [columns] begins with NaN: one that cannot be rounded is NaN as a whole. */
export function areNumbers({ numbers }: Region, at: number, rows: number, columns: number): boolean {
  for (let row = 0; row < rows; row++) if (Number.isNaN(numbers[at / 4 + row * columns]!)) return false;
  return true;
}
