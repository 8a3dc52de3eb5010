import { describe, wrongKind } from "../checks";
import { type Kind, kindNamed } from "../describe";
import { ShapeError } from "../errors";
import { defineVisible } from "../visible";
import { zeros } from "./make";
import type { Names } from "./over";
import { sameShape, show } from "./shape";
import { elsewhereOf } from "./storage";
import { Tensor } from "./tensor";

/** The gradients of one value, found by a parameter's path or by the tensor itself. */
export class Gradients implements Iterable<[path: string, gradient: Tensor]> {
  readonly #names: Names;
  readonly #gradients: ReadonlyMap<Tensor, Tensor>;
  /** Every gradient by name, as in iteration. An own property, so that equality assertions see it. */
  declare readonly byName: ReadonlyMap<string, Tensor>;

  /** @internal */
  constructor(names: Names, gradients: ReadonlyMap<Tensor, Tensor>) {
    this.#names = names;
    this.#gradients = gradients;
    defineVisible(this, "byName", () => new Map(this));
  }

  /**
   * The gradient, in the shape of its tensor; zeros if the value does not depend on it. A path may be the parameter's
   * own, or relative to the module that was passed; a tensor of a list can also be found by its index, "0", and a parameter
   * of a module in a list by both, "1.weight".
   *
   * @throws RangeError if gradients were not taken over this path or tensor, or if several parameters have this path
   */
  get(key: string | Tensor): Tensor {
    const tensor = this.#find(key);
    if (tensor === undefined) throw new RangeError(`gradients: no gradient was taken over ${called(key)}`);
    return this.#of(tensor);
  }

  /** @internal */
  get names(): Names {
    return this.#names;
  }

  /** Whether there is a gradient for this path or tensor. */
  has(key: string | Tensor): boolean {
    return this.#find(key) !== undefined;
  }

  /**
   * The gradients after a change to each, such as clamping or scaling.
   *
   * @throws TypeError or ShapeError if the function does not return a tensor of the same shape
   */
  map(change: (gradient: Tensor, path: string) => Tensor): Gradients {
    if (typeof change !== "function") throw wrongKind("gradients: map", "change", "a function", change);
    const changed = new Map<Tensor, Tensor>();
    for (const [path, tensor] of this.#names.named) {
      const { shape } = this.#of(tensor);
      const gradient: unknown = change(this.#of(tensor), path);
      if (!(gradient instanceof Tensor))
        throw wrongKind("gradients: map", `change(…, "${path}")`, "a Tensor", gradient);
      if (!sameShape(gradient.shape, shape))
        throw new ShapeError(`gradients: map: "${path}" is ${show(shape)}, but change returned ${gradient.describe()}`);
      changed.set(tensor, gradient);
    }
    return new Gradients(this.#names, changed);
  }

  /**
   * Every gradient with the path of its parameter: its path in the model that was built, initialized or loaded. A
   * tensor without a path has its index in the list. If two parameters have the same path, all keep the keys that they
   * were passed under.
   */
  *[Symbol.iterator](): IterableIterator<[path: string, gradient: Tensor]> {
    for (const [path, tensor] of this.#names.named) yield [path, this.#of(tensor)];
  }

  /** The tensors that the gradients were taken over, by the same names. */
  over(): ReadonlyMap<string, Tensor> {
    return this.#names.named;
  }

  /** The name, shape and norm ‖g‖₂ of each gradient. */
  toString(): string {
    const lines = [...this].map(([name, gradient]) => `\n  ${name} ${gradient.describe()}${normOf(gradient)}`);
    return `Gradients, ${lines.length} ${lines.length === 1 ? "tensor" : "tensors"}${lines.join("")}`;
  }

  /** What Node and Bun print. */
  [Symbol.for("nodejs.util.inspect.custom")](depth: number): string {
    return depth < 0 ? "[Gradients]" : this.toString();
  }

  /** What Deno prints. */
  [Symbol.for("Deno.customInspect")](): string {
    return this.toString();
  }

  /** How messages name it, also in another copy of the library. */
  get [Symbol.for("transformer-blocks.kind")](): Kind {
    return kindNamed("Gradients");
  }

  #of(tensor: Tensor): Tensor {
    return this.#gradients.get(tensor) ?? zeros(tensor.shape);
  }

  #find(key: unknown): Tensor | undefined {
    if (key instanceof Tensor) return this.#names.tensors.has(key) ? key : undefined;
    if (typeof key !== "string")
      throw new TypeError(`gradients: a key must be a path or a tensor, not ${describe(key)}`);
    return this.#names.find(key);
  }
}

function normOf(gradient: Tensor): string {
  const there = elsewhereOf(gradient);
  if (there !== undefined) return ` on ${there.device}`;
  const squares = gradient.data.reduce((sum, value) => sum + value * value, 0);
  return `, norm ${Number(Math.sqrt(squares).toPrecision(4))}`;
}

const called = (key: string | Tensor): string => (typeof key === "string" ? `"${key}"` : key.describe());
