import type { WritableTensor } from "../../checkpoint";
import type { Model } from "../family";
import type { Spelled } from "./stored-names";

/** What a checkpoint holds and the model does not use, by the names that the family's rules use. */
export interface Unused {
  /** Whole tensors. */
  readonly tensors: ReadonlyMap<string, WritableTensor>;
  /** The first rows of tensors whose other rows are a parameter. */
  readonly rows: ReadonlyMap<string, Float32Array>;
}

export const nothingUnused: Unused = { tensors: new Map(), rows: new Map() };

const kept = new WeakMap<Model, Unused>();

/** Keeps rows, and tensors for parts that the model does not have, such as the second head of a pretraining model. */
export async function keepUnused(
  model: Model,
  names: readonly string[],
  tensors: Spelled,
  rows: Unused["rows"],
): Promise<void> {
  const found = new Map<string, WritableTensor>();
  for (const name of names) {
    const { tensor } = tensors.get(name)!;
    found.set(name, { shape: tensor.shape, data: (await tensor.read()).toFloat32() });
  }
  kept.set(model, { tensors: found, rows });
}

/** What a model was loaded with and does not use. */
export const unusedOf = (model: Model): Unused => kept.get(model) ?? nothingUnused;

/** The values of both kinds, with their names. */
export const unusedValues = ({ tensors, rows }: Unused): (readonly [name: string, values: Float32Array])[] => [
  ...Array.from(tensors, ([name, { data }]) => [name, data] as const),
  ...rows,
];
