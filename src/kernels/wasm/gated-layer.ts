import type { GatedLayer, LayerFactor } from "../layers";
import type { QuantizedCells } from "../quantized";
import type { Unary } from "../specs";
import { floatLayers, type Products, type QuantizedLayers } from "./encoder-layer";
import { activate, layerFunctions } from "./layer-functions";
import type { Flavor } from "./module";
import {
  LEAST_PACKED,
  type Multiplier,
  type PackedPlan,
  PackedRows,
  type PlacedFactor,
  planPacked,
  rowsOfBlock,
} from "./packed-rows";
import { align, type Place, type Region } from "./region";

/** Bytes of the rows between the products. */
const HIDDEN = 2 ** 22;

export function feedForward(
  flavor: Flavor,
  x: Float32Array,
  layer: GatedLayer | GatedLayer<QuantizedCells>,
  quantized?: QuantizedLayers,
): Float32Array | undefined {
  if (!isFloat(layer)) return feed(flavor, x, layer, quantized?.(flavor, [layer.up, layer.down, layer.gate]));
  return feed(flavor, x, layer, floatLayers(flavor, [layer.up, layer.down, layer.gate]));
}

const isFloat = (layer: GatedLayer | GatedLayer<QuantizedCells>): layer is GatedLayer =>
  layer.gate.weight instanceof Float32Array;

function feed<Weight>(
  flavor: Flavor,
  x: Float32Array,
  layer: GatedLayer<Weight>,
  products: Products<Weight> | undefined,
): Float32Array | undefined {
  const size = layer.down.rows;
  if (!products || x.length < LEAST_PACKED * size) return undefined;
  const { region, multiplier } = products;
  const isHere = ({ weight }: LayerFactor<Weight>) => multiplier.bytesOf(weight).buffer === region.memory.buffer;
  if (![layer.gate, layer.up, layer.down].every(isHere)) return undefined;
  const plan = planOf(layer, multiplier, x.length / size);
  if (region.room < plan.bytes) return undefined;
  const output = new Float32Array(x.length);
  const done = region.scratch(plan.bytes, () => {
    const run = new GatedRun(flavor, layer, products, plan);
    for (let from = 0; from < x.length; from += plan.rows * size)
      if (!run.run(x.subarray(from, from + plan.rows * size), output, from)) return false;
    return true;
  });
  return done ? output : undefined;
}

/** Rows of a block, and the bytes that they take. */
interface Plan {
  rows: number;
  packed: PackedPlan;
  bytes: number;
}

function planOf<Weight>({ up, down }: GatedLayer<Weight>, multiplier: Multiplier<Weight>, count: number): Plan {
  const [size, wide] = [down.rows, up.rows];
  const rows = rowsOfBlock(count, HIDDEN / 4 / wide);
  const packed = planPacked(multiplier, rows, [size, wide]);
  const values = align(4 * rows * size) + 2 * align(4 * rows * wide);
  const biases = align(4 * size) + 2 * align(4 * wide);
  return { rows, packed, bytes: values + biases + packed.bytes };
}

class GatedRun<Weight> {
  readonly #region: Region;
  readonly #functions: Place;
  readonly #activation: Unary;
  /** The addresses of x and of the result in its place, of the gate's values and of those that they are multiplied by. */
  readonly #outer: number;
  readonly #gate: number;
  readonly #up: number;
  readonly #packed: PackedRows<Weight>;
  readonly #first: readonly PlacedFactor<Weight>[];
  readonly #last: PlacedFactor<Weight>;

  constructor(flavor: Flavor, layer: GatedLayer<Weight>, products: Products<Weight>, plan: Plan) {
    const { region, multiplier } = products;
    const { gate, up, down } = layer;
    const placed = ({ weight, rows, bias }: LayerFactor<Weight>, to: number) => {
      const at = multiplier.bytesOf(weight).byteOffset;
      return { weight, at, rows, bias: bias ? region.put(bias) : 0, to };
    };
    this.#region = region;
    this.#functions = layerFunctions(region, flavor);
    this.#activation = layer.activation;
    this.#outer = region.take(4 * plan.rows * down.rows);
    this.#gate = region.take(4 * plan.rows * up.rows);
    this.#up = region.take(4 * plan.rows * up.rows);
    this.#packed = new PackedRows(region, multiplier, plan.packed);
    this.#first = [placed(gate, this.#gate), placed(up, this.#up)];
    this.#last = placed(down, this.#outer);
  }

  /** Some rows. @returns false if the numbers need the parts one by one */
  run(x: Float32Array, output: Float32Array, from: number): boolean {
    const region = this.#region;
    const [size, wide] = [this.#last.rows, this.#first[0]!.rows];
    const rows = x.length / size;
    region.numbers.set(x, this.#outer / 4);
    if (!this.#packed.multiply(this.#outer, rows, size, this.#first)) return false;
    activate(this.#functions, this.#activation, this.#gate, rows * wide, this.#up);
    if (!this.#packed.multiply(this.#gate, rows, wide, [this.#last])) return false;
    output.set(region.view(this.#outer, x.length), from);
    return true;
  }
}
