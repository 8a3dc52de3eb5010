import { describe, wrongKind } from "../checks";
import { type Kind, kindNamed } from "../describe";
import { ShapeError } from "../errors";
import { defineVisible } from "../visible";
import { zeros } from "./make";
import { Parameter } from "./parameter";
import { sameShape, show } from "./shape";
import { Tensor } from "./tensor";

/** The gradients of one value, found by a parameter's path or by the tensor itself. */
export class Gradients implements Iterable<[path: string, gradient: Tensor]> {
  /** By the keys of a list or module: places, or paths from the module on. */
  readonly #asked: ReadonlyMap<string, Tensor>;
  readonly #named: ReadonlyMap<string, Tensor>;
  readonly #over: ReadonlySet<Tensor>;
  readonly #gradients: ReadonlyMap<Tensor, Tensor>;
  /** Every gradient by its name, as iteration gives them: a property of its own, which equality assertions see. */
  declare readonly byName: ReadonlyMap<string, Tensor>;

  constructor(asked: ReadonlyMap<string, Tensor>, gradients: ReadonlyMap<Tensor, Tensor>) {
    this.#asked = asked;
    this.#named = named(asked);
    this.#over = new Set(asked.values());
    this.#gradients = gradients;
    defineVisible(this, "byName", () => new Map(this));
  }

  /**
   * The gradient with the shape of its tensor; zeros where the value does not depend on it. A path may be the
   * parameter's own, or begin at the module that was asked over; a tensor of a list has its place as well, "0".
   *
   * @throws RangeError if gradients were not taken over this path or tensor, or if two parameters have this path
   */
  get(key: string | Tensor): Tensor {
    const tensor = this.#find(key);
    if (tensor === undefined) throw new RangeError(`gradients: no gradient was taken over ${called(key)}`);
    return this.#of(tensor);
  }

  has(key: string | Tensor): boolean {
    return this.#find(key) !== undefined;
  }

  /**
   * The same gradients changed one by one, such as clamped or scaled.
   *
   * @throws TypeError or ShapeError if the function gives no tensor of the same shape
   */
  map(change: (gradient: Tensor, path: string) => Tensor): Gradients {
    if (typeof change !== "function") throw wrongKind("gradients: map", "change", "a function", change);
    const changed = new Map<Tensor, Tensor>();
    for (const [path, tensor] of this.#named) {
      const gradient: unknown = change(this.#of(tensor), path);
      if (!(gradient instanceof Tensor))
        throw wrongKind("gradients: map", `change(…, "${path}")`, "a Tensor", gradient);
      if (!sameShape(gradient.shape, tensor.shape))
        throw new ShapeError(
          `gradients: map: "${path}" is ${show(tensor.shape)}, and change gave ${gradient.describe()}`,
        );
      changed.set(tensor, gradient);
    }
    return new Gradients(this.#asked, changed);
  }

  /**
   * Every gradient with the own path of its parameter, as far as it is known: a part of a model that was built,
   * initialized or loaded has the path from the model on. A tensor without a path has its place in the list; so have all,
   * or their paths from the module on, where two parameters have the same path.
   */
  *[Symbol.iterator](): IterableIterator<[path: string, gradient: Tensor]> {
    for (const [path, tensor] of this.#named) yield [path, this.#of(tensor)];
  }

  /** What the gradients were taken over, by the same names. */
  over(): ReadonlyMap<string, Tensor> {
    return this.#named;
  }

  /** The name, shape and norm ‖g‖₂ of each gradient. */
  toString(): string {
    const lines = [...this].map(([name, gradient]) => `\n  ${name} ${gradient.describe()}, norm ${normOf(gradient)}`);
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

  /** How messages call it, also those of another copy of the library. */
  get [Symbol.for("transformer-blocks.kind")](): Kind {
    return kindNamed("Gradients");
  }

  #of(tensor: Tensor): Tensor {
    return this.#gradients.get(tensor) ?? zeros(tensor.shape);
  }

  #find(key: unknown): Tensor | undefined {
    if (key instanceof Tensor) return this.#over.has(key) ? key : undefined;
    if (typeof key !== "string")
      throw new TypeError(`gradients: a key must be a path or a tensor, not ${describe(key)}`);
    const [own, asked] = [this.#named.get(key), this.#asked.get(key)];
    if (own !== undefined && asked !== undefined && own !== asked)
      throw new RangeError(`gradients: "${key}" may mean two tensors; ask with the tensor itself`);
    return own ?? asked;
  }
}

const normOf = ({ data }: Tensor): number =>
  Number(Math.sqrt(data.reduce((sum, value) => sum + value * value, 0)).toPrecision(4));

const called = (key: string | Tensor): string => (typeof key === "string" ? `"${key}"` : key.describe());

/** The tensors by their own paths, or as they were asked over if two share one. */
function named(asked: ReadonlyMap<string, Tensor>): ReadonlyMap<string, Tensor> {
  const names = new Map<string, Tensor>();
  for (const [key, tensor] of asked) {
    const name = tensor instanceof Parameter && tensor.path !== "" ? tensor.path : key;
    if ((names.get(name) ?? tensor) !== tensor) return asked;
    names.set(name, tensor);
  }
  return names;
}
