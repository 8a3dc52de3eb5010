import type { WritableTensor } from "../../checkpoint";
import type { Model, Spelling } from "../family";
import type { Spelled } from "./stored-names";

/** Tensors by the names that the family's rules use. */
export type Unused = ReadonlyMap<string, WritableTensor>;

const kept = new WeakMap<Model, Unused>();

/** Keeps tensors for parts that the model does not have, such as the second head of a pretraining model. */
export async function keepUnused(
  model: Model,
  { unused = [] }: Spelling,
  tensors: Spelled,
  claimed: ReadonlySet<string>,
): Promise<void> {
  const found = new Map<string, WritableTensor>();
  for (const name of unused) {
    const tensor = claimed.has(name) ? undefined : tensors.get(name)?.tensor;
    if (tensor !== undefined) found.set(name, { shape: tensor.shape, data: (await tensor.read()).toFloat32() });
  }
  kept.set(model, found);
}

/** The tensors that a model was loaded with and does not use. */
export const unusedOf = (model: Model): Unused => kept.get(model) ?? new Map();
