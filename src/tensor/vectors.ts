import { describe, wrongKind } from "../checks";
import { ShapeError } from "../errors";
import { Gradients } from "./named-gradients";
import { isModule, type Names, type Over } from "./over";
import { sameShape, show } from "./shape";
import { Tensor } from "./tensor";

/**
 * A vector for each tensor that is differentiated by, in its shape: by path for a module, a list for a list of tensors,
 * and in a list what each of its items takes.
 */
export type Vectors =
  | Gradients
  | ReadonlyMap<string, Tensor>
  | readonly (Tensor | Gradients | ReadonlyMap<string, Tensor>)[];

/**
 * The vector of each tensor.
 *
 * @throws TypeError or RangeError if one is missing, unknown or given twice; ShapeError if one has another shape
 */
export function vectorsOf(where: string, names: Names, over: Over, vectors: unknown): ReadonlyMap<Tensor, Tensor> {
  const found = new Map<Tensor, Tensor>();
  const add = (tensor: Tensor, vector: unknown, name: string) => {
    if (!(vector instanceof Tensor)) throw wrongKind(where, name, "a Tensor", vector);
    if (!sameShape(vector.shape, tensor.shape))
      throw new ShapeError(`${where}: ${name} is ${show(vector.shape)}, but its tensor is ${tensor.describe()}`);
    if ((found.get(tensor) ?? vector) !== vector)
      throw new RangeError(`${where}: ${name} is a second vector of ${tensor.describe()}`);
    found.set(tensor, vector);
  };
  if (Array.isArray(vectors)) addList(where, over, vectors, add);
  else addByPath(where, vectors, "vectors", (path) => names.find(path), add);
  for (const [name, tensor] of names.named)
    if (!found.has(tensor))
      throw new RangeError(`${where}: vectors has none for "${name}"; give zeros if it does not move`);
  return found;
}

type Add = (tensor: Tensor, vector: unknown, name: string) => void;

function addList(where: string, over: Over, vectors: readonly unknown[], add: Add): void {
  if (!Array.isArray(over)) throw wrongKind(where, "vectors", "gradients or a Map of tensors by path", vectors);
  if (over.length !== vectors.length)
    throw new RangeError(`${where}: vectors has ${vectors.length} items, but over has ${over.length}`);
  for (const [i, item] of over.entries()) {
    const name = `vectors[${i}]`;
    if (!isModule(item)) add(item, vectors[i], name);
    else {
      const parameters = item.parameters();
      addByPath(where, vectors[i], name, (path) => parameters.get(path), add);
    }
  }
}

function addByPath(
  where: string,
  vectors: unknown,
  name: string,
  find: (path: string) => Tensor | undefined,
  add: Add,
): void {
  if (!(vectors instanceof Gradients || vectors instanceof Map))
    throw wrongKind(where, name, "gradients, a Map of tensors by path, or a list as over is", vectors);
  for (const [path, vector] of vectors as Iterable<[unknown, unknown]>) {
    const tensor = typeof path === "string" ? find(path) : undefined;
    if (tensor === undefined)
      throw new RangeError(
        `${where}: ${name} has ${describe(path)}, which nothing that is differentiated by is called`,
      );
    add(tensor, vector, `${name}.get(${describe(path)})`);
  }
}
