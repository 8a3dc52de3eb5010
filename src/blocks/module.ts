// Over 200 lines: a module and the walk to its parts need each other.
import { describe, expectClass, expectString, wrongKind } from "../checks";
import { classOf, isOfAnotherCopy, type Kind, kindNamed, withArticle } from "../describe";
import { Parameter, Tensor } from "../tensor";
import { nameLater } from "../tensor/internal";
import { printModule } from "./print-module";

/** How a module takes part in decoding with a cache. */
export type Caching = "perPosition" | "keeps" | undefined;

/**
 * The base class of blocks and models. Its parameters and submodules are found in its own fields, including arrays,
 * objects, Maps and Sets in them. A path is the fields' names joined by dots, `blocks.0.attention.query.weight`. Do not
 * keep modules or parameters in `#private` fields or closures: they are not found there.
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
  constructor() {
    nameLater((named) => nameQuietly(this, named));
  }

  /**
   * How the module takes part in decoding with a cache, `pass.cache`, where a pass gets only the new tokens:
   *
   * - `"perPosition"`: each position is computed separately, except by submodules, which get the pass. Positions come
   *   from `positionsOf(pass, seq)`.
   * - `"keeps"`: it looks at other positions, and stores what it needs of the new ones in every pass that has a cache:
   *   something for each position with `pass.cache.append(this, k, v)` or `pass.cache.append(this, { … })`, or one state
   *   of the whole text with `pass.cache.keep(this, { … })`, which `pass.cache.recall(this, x)` gives in the next pass.
   * - undefined, as here: unknown. `generate` then runs the model without a cache, and refuses one if it is given.
   *
   * A class declares it with a getter. A subclass that overrides `forward` declares it again. The whole model calls
   * `pass.cache.begin(this)` first and `pass.cache.advance(seq)` at the end, as `DecoderModel` does.
   *
   * It is checked: a module that `"keeps"` must do so in every pass, and for classes outside this library `generate`
   * compares the scores of the second token with those of a pass without a cache.
   */
  get caching(): Caching {
    return undefined;
  }

  /**
   * Whether the module keeps texts apart that stand end to end in one row, `pass.lengths`: what it makes of a text depends
   * on nothing but that text, as if it were alone. It is false unless a class declares it with a getter, as an attention
   * layer does that passes `lengths` to `attention`, and true for classes of this library whose `caching` is
   * "perPosition". A subclass that overrides `forward` declares it again. A model with a part that does not is refused
   * such a pass; the tasks then run texts of one length together instead.
   */
  get keepsTextsApart(): boolean {
    return false;
  }

  /** Every parameter by its path, in the order of the fields. A shared parameter is listed once, under the first path that leads to it. */
  parameters(): Map<string, Parameter> {
    const found = new Map<string, Parameter>();
    const parts = walk(this);
    nameParameters(parts);
    for (const [path, part] of parts) {
      if (!(part instanceof Parameter)) continue;
      if (found.has(path))
        throw new Error(`parameters: two parameters have the path "${path}"; use names without dots`);
      found.set(path, part);
    }
    return found;
  }

  /** Every module by its path, itself under "". */
  modules(): Map<string, Module> {
    return new Map(walk(this).filter((entry): entry is [string, Module] => entry[1] instanceof Module));
  }

  /**
   * The parameter or module at a path. If a class is given, it must be an instance.
   *
   * @throws RangeError if the path does not exist; TypeError if it is of another class
   */
  find(path: string): Module | Parameter;
  find<Part extends Module | Parameter>(path: string, type: abstract new (...args: never[]) => Part): Part;
  find(path: string, type?: abstract new (...args: never[]) => Module | Parameter): Module | Parameter {
    expectString("find", "path", path);
    if (type !== undefined) expectClass("find", "type", type);
    // What two modules share is listed once but found at both paths.
    const part = new Map(walk(this)).get(path) ?? along(this, path);
    if (part === undefined)
      throw new RangeError(`find: there is nothing at "${path}"; paths are field names joined by dots`);
    if (type !== undefined && !(part instanceof type))
      throw new TypeError(`find: "${path}" is ${describe(part)}, not ${withArticle(type.name)}`);
    return part;
  }

  /** A tree of its modules and parameters: names, classes, shapes and parameter counts. */
  toString(): string {
    return printModule(walk(this));
  }

  /** How messages name it, also in another copy of the library. */
  get [Symbol.for("transformer-blocks.kind")](): Kind {
    return kindNamed(this.constructor.name);
  }

  /** What Node and Bun print. */
  [Symbol.for("nodejs.util.inspect.custom")](depth: number): string {
    return depth < 0 ? classOf(this) : this.toString();
  }

  /** What Deno prints. */
  [Symbol.for("Deno.customInspect")](): string {
    return this.toString();
  }
}

/** @throws TypeError unless it is a module */
export function expectModule(where: string, name: string, value: unknown): asserts value is Module {
  if (value instanceof Module) return;
  const error = wrongKind(where, name, "a Module", value);
  throw new TypeError(`${error.message}${moduleHint(value)}`);
}

/** What was probably meant by a value that is not a module. */
function moduleHint(value: unknown): string {
  if (typeof value === "function") return "; pass an instance of a class that extends Module";
  if (typeof value !== "object" || value === null || isOfAnotherCopy(value)) return "";
  if (Reflect.get(value, "model") instanceof Module) return `; pass its model, as in pretrained.model`;
  if (Symbol.for("transformer-blocks.remote") in value)
    return "; a model in a worker runs tasks, such as complete and stream";
  return typeof Reflect.get(value, "forward") === "function" ? "; let its class extend Module" : "";
}

type Part = [path: string, part: Module | Parameter];

const isPart = (value: object): value is Module | Parameter => value instanceof Module || value instanceof Parameter;

/** Names the parameters of a module. Ignores errors in its fields: `parameters` reports them. */
function nameQuietly(module: Module, named: Set<object>): void {
  if (named.has(module)) return;
  try {
    const parts = walk(module);
    // Of modules of the same extent the last one counts, and that was named before.
    nameParameters(parts, parts.length);
    for (const [, part] of parts) if (part instanceof Module) named.add(part);
  } catch {
    // They stay without names.
  }
}

/** For each parameter, the number of parts in the module that gave it its path. */
const extents = new WeakMap<object, number>();

/** Gives parameters their paths in a module, unless they have one in a larger module, or in one of `enough` parts. */
function nameParameters(parts: readonly Part[], enough = parts.length + 1): void {
  for (const [path, part] of parts) {
    if (!(part instanceof Parameter) || extents.get(part)! >= enough) continue;
    extents.set(part, parts.length);
    part.path = path;
  }
}

const nameOf = (root: unknown): string => (root instanceof Module ? classOf(root) : "module");

/** Every module and parameter in a module with its path, each object once. */
function walk(root: unknown): Part[] {
  const objects = objectsIn(root);
  const stray = objects.find(([, value]) => !isPart(value) && isOfAnotherCopy(value));
  // Otherwise it would be skipped, with its parameters.
  if (stray) throw new TypeError(`${nameOf(root)}: "${stray[0]}" is ${describe(stray[1])}`);
  return objects.filter((entry): entry is Part => isPart(entry[1]));
}

/** Every object that a module's paths lead to, itself under "", each once. */
export function objectsIn(root: unknown): [path: string, value: object][] {
  const found: [string, object][] = [];
  const seen = new Set<object>();
  // Not a generator: each object would pass through one for every level above it.
  const visit = (value: unknown, path: string): void => {
    if (typeof value !== "object" || value === null || seen.has(value)) return;
    seen.add(value);
    found.push([path, value]);
    if (value instanceof Tensor || ArrayBuffer.isView(value)) return;
    for (const [name, field] of fieldsOf(value))
      if (typeof field === "object") visit(field, path === "" ? name : `${path}.${name}`);
  };
  visit(root, "");
  return found;
}

/** The contents of an object, a Map or a Set, by name. */
export function fieldsOf(value: object): [name: string, field: unknown][] {
  for (const key of Object.getOwnPropertySymbols(value)) expectNoParts(Reflect.get(value, key), key);
  if (value instanceof Set) return Object.entries([...value]);
  if (!(value instanceof Map)) return Object.entries(value);
  return [...value].filter(isNamed).map(([key, field]) => [String(key), field]);
}

/**
 * @throws TypeError if a module or parameter is a Map key, or a Map value whose key is neither a string nor a number
 */
function isNamed([key, field]: [key: unknown, field: unknown]): boolean {
  if (typeof key === "string" || typeof key === "number") return true;
  expectNoParts(field, key);
  expectNoParts(key, key);
  return false;
}

/** @throws TypeError for a module or parameter that no path leads to */
function expectNoParts(value: unknown, key: unknown): void {
  if (walk(value).length > 0)
    throw new TypeError(`a module or parameter needs a string or a number as its key, not ${describe(key)}`);
}

/** The module or parameter that a path of field names leads to. */
function along(root: Module, path: string): Module | Parameter | undefined {
  let part: unknown = root;
  for (const name of path.split(".")) {
    if (typeof part !== "object" || part === null) return undefined;
    part = new Map(fieldsOf(part)).get(name);
  }
  return part instanceof Module || part instanceof Parameter ? part : undefined;
}
