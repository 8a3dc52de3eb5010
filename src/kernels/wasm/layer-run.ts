import type { EncoderLayer, LayerFactor, LayerNormalization } from "../layers";
import { attendIn } from "./layer-attention";
import { activate, addNumbers, layerFunctions } from "./layer-functions";
import { COUNT, type LayerPlace, type LayerPlan, planLayers, type Turn } from "./layer-plan";
import { PackedRows, type PlacedFactor } from "./packed-rows";
import type { Place } from "./region";
import { dispatch } from "./threads";

/** x through the layers; undefined if there is no room for it, or if numbers need the parts one by one. */
export function runLayers<Weight>(place: LayerPlace<Weight>, x: Float32Array): Float32Array | undefined {
  const { region, layers } = place;
  const plan = planLayers(place, x.length / layers[0]!.query.rows);
  if (!plan || region.room < plan.bytes) return undefined;
  const output = new Float32Array(x.length);
  const done = region.scratch(plan.bytes, () => {
    const run = new LayersRun(place, plan);
    return plan.turns.every((turn) => run.run(x, turn, output));
  });
  return done ? output : undefined;
}

class LayersRun<Weight> {
  readonly #place: LayerPlace<Weight>;
  readonly #plan: LayerPlan;
  readonly #functions: Place;
  readonly #values: readonly number[];
  readonly #hidden: number;
  readonly #packed: PackedRows<Weight>;
  /** The addresses of biases and norms, and of weights in other memories. */
  readonly #copied = new Map<Float32Array | Uint8Array, number>();

  constructor(place: LayerPlace<Weight>, plan: LayerPlan) {
    const { region, multiplier } = place;
    this.#place = place;
    this.#plan = plan;
    this.#functions = layerFunctions(region, place.flavor);
    this.#values = Array.from({ length: COUNT }, () => region.take(4 * plan.rows * plan.size));
    this.#hidden = region.take(4 * plan.block * plan.wide);
    this.#packed = new PackedRows(region, multiplier, plan.packed);
  }

  /** @returns false if the numbers need the parts one by one */
  run(x: Float32Array, turn: Turn, output: Float32Array): boolean {
    const { region, layers } = this.#place;
    const [from, to] = [turn.row * this.#plan.size, (turn.row + turn.rows) * this.#plan.size];
    const [first] = this.#values as [number];
    region.numbers.set(x.subarray(from, to), first / 4);
    const end = layers.reduce<number | undefined>(
      (input, layer) => (input === undefined ? undefined : this.#layer(layer, input, turn)),
      first,
    );
    if (end !== undefined) output.set(region.view(end, turn.rows * this.#plan.size), from);
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
    for (let first = 0; first < rows; first += this.#plan.block)
      if (!each(first, Math.min(this.#plan.block, rows - first))) return false;
    return true;
  }

  #multiply(x: number, rows: number, factors: readonly PlacedFactor<Weight>[]): boolean {
    return this.#blocks(rows, (first, height) => this.#product(x, first, height, this.#plan.size, factors));
  }

  /** A block of rows of x [rows, k] by several weights. */
  #product(x: number, first: number, height: number, k: number, factors: readonly PlacedFactor<Weight>[]): boolean {
    const placed = factors.map((factor) => ({ ...factor, to: factor.to + 4 * first * factor.rows }));
    return this.#packed.multiply(x + 4 * first * k, height, k, placed);
  }

  #feedForward(layer: EncoderLayer<Weight>, x: number, to: number, rows: number): boolean {
    const up = this.#to(layer.up, this.#hidden);
    const down = this.#to(layer.down, to);
    return this.#blocks(rows, (first, height) => {
      const hidden = { ...up, to: this.#hidden - 4 * first * this.#plan.wide };
      if (!this.#product(x, first, height, this.#plan.size, [hidden])) return false;
      activate(this.#functions, layer.activation, this.#hidden, height * this.#plan.wide);
      const next = { ...down, to: to + 4 * first * this.#plan.size };
      return this.#product(this.#hidden, 0, height, this.#plan.wide, [next]);
    });
  }

  #add(to: number, x: number, rows: number): boolean {
    addNumbers(this.#functions, to, x, rows * this.#plan.size);
    return true;
  }

  #normalize({ weight, bias, epsilon }: LayerNormalization, x: number, to: number, rows: number): boolean {
    const { region, main } = this.#place;
    const [weightAt, biasAt] = [this.#put(weight), this.#put(bias)];
    return region.scratch(16, () => {
      const extreme = region.putIntegers([0]);
      const args = [x, weightAt, biasAt, to, this.#plan.size, epsilon, extreme];
      dispatch(main, "layerNorm", args, { count: rows, work: 8 * this.#plan.size, multiple: 1 });
      return region.integers[extreme / 4] === 0;
    });
  }

  #attend(values: readonly [number, number, number, number], turn: Turn): boolean {
    const { region, main, spec } = this.#place;
    return region.scratch(region.room, () => attendIn(region, main, spec, values, turn));
  }
}
