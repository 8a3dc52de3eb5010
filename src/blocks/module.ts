import { Parameter, random, Tensor } from "../tensor";

/**
 * What blocks and models are. Its parameters and submodules are its own fields, objects and arrays of them included;
 * a path is the fields' names joined by dots, `blocks.0.attention.query.weight`. Settings are `readonly` or `#private`.
 *
 * @example
 * ```ts
 * import { initialize, Linear, Module, type Tensor } from "transformer-blocks";
 * class Twice extends Module {
 *   readonly first = new Linear({ inFeatures: 4, outFeatures: 4 });
 *   readonly second = new Linear({ inFeatures: 4, outFeatures: 2 });
 *   forward(x: Tensor) {
 *     return this.second.forward(this.first.forward(x));
 *   }
 * }
 * [...initialize(new Twice(), { seed: 1 }).parameters().keys()]; // ["first.weight", "first.bias", "second.weight", "second.bias"]
 * ```
 */
export abstract class Module {
  /** Every parameter by its path, in the order of the fields. One that two modules share has the first one's path. */
  parameters(): Map<string, Parameter> {
    const found = new Map<string, Parameter>();
    for (const [path, part] of walk(this)) {
      if (!(part instanceof Parameter)) continue;
      found.set(path, part);
      // A longer path was seen from further out, and says more.
      if (path.length > part.path.length) part.path = path;
    }
    return found;
  }

  /** Every module by its path, itself under "". */
  modules(): Map<string, Module> {
    return new Map([...walk(this)].filter((entry): entry is [string, Module] => entry[1] instanceof Module));
  }

  /**
   * The parameter or module at a path, checked to be of a class if one is given.
   *
   * @throws RangeError if nothing lies there; TypeError if it is of another class
   */
  find(path: string): Module | Parameter;
  find<Part extends Module | Parameter>(path: string, type: abstract new (...args: never[]) => Part): Part;
  find(path: string, type?: abstract new (...args: never[]) => Module | Parameter): Module | Parameter {
    // What two modules share is listed once, but lies at both paths.
    const part = new Map(walk(this)).get(path) ?? along(this, path);
    if (part === undefined)
      throw new RangeError(`find: nothing lies at "${path}"; paths are field names joined by dots`);
    if (type !== undefined && !(part instanceof type))
      throw new TypeError(`find: "${path}" is a ${part.constructor.name}, not a ${type.name}`);
    return part;
  }
}

/** Every module and parameter below a module with its path, each object once. */
function* walk(root: Module): Generator<[path: string, part: Module | Parameter]> {
  const seen = new Set<object>();
  function* visit(value: unknown, path: string): Generator<[string, Module | Parameter]> {
    if (typeof value !== "object" || value === null || seen.has(value)) return;
    seen.add(value);
    if (value instanceof Module || value instanceof Parameter) yield [path, value];
    if (value instanceof Tensor || ArrayBuffer.isView(value)) return;
    for (const [name, field] of Object.entries(value)) yield* visit(field, path === "" ? name : `${path}.${name}`);
  }
  yield* visit(root, "");
}

/** The module or parameter that a path of field names leads to. */
function along(root: Module, path: string): Module | Parameter | undefined {
  let part: unknown = root;
  for (const name of path.split(".")) {
    if (typeof part !== "object" || part === null || !Object.hasOwn(part, name)) return undefined;
    part = Reflect.get(part, name);
  }
  return part instanceof Module || part instanceof Parameter ? part : undefined;
}

/**
 * Gives every parameter its first values, each from (seed, path) alone: the order of construction does not matter.
 *
 * @returns the same module
 */
export function initialize<M extends Module>(module: M, options: { seed: number }): M {
  const source = random(options.seed);
  for (const [path, parameter] of module.parameters())
    parameter.assign(parameter.initial(source.stream(path), parameter.shape));
  return module;
}

/** How many numbers a module learns. Counts declarations: nothing needs values. */
export function countParameters(module: Module): number {
  let count = 0;
  for (const parameter of module.parameters().values()) count += parameter.size;
  return count;
}
