import { wrongKind } from "../checks";
import { Parameter } from "./parameter";
import { Tensor } from "./tensor";

/** Anything with parameters: a model, a block. */
export interface HasParameters {
  /** The parameters by path. */
  parameters(): Map<string, Parameter>;
}

/** What gradients are taken over: all parameters of a module, or a list of tensors and modules. */
export type Over = HasParameters | readonly (Tensor | HasParameters)[];

/** A tensor that gradients are taken over. */
export interface Target {
  readonly tensor: Tensor;
  /** Its index in a list, its path in a module, both for a module in a list: no other tensor has this key. */
  readonly key: string;
  /** Its path in the module. */
  readonly path?: string;
}

/** @throws TypeError for anything else than tensors and modules, and for a quantized parameter */
export function targetsOf(where: string, over: unknown): readonly Target[] {
  const targets = isModule(over)
    ? [...over.parameters()].map(([path, tensor]) => ({ tensor, key: path, path }))
    : Array.isArray(over)
      ? [...over].flatMap((item, i) => itemTargets(where, item, i))
      : undefined;
  if (over instanceof Tensor)
    throw new TypeError(`${where}: over must be a module or an array; write [x] for a tensor x`);
  if (targets === undefined)
    throw wrongKind(
      where,
      "over",
      `a module or an array of tensors and modules${typeof over === "function" ? ", with the function after it" : ""}`,
      over,
    );
  for (const { tensor, key } of targets) expectDifferentiable(where, key, tensor);
  return targets;
}

function itemTargets(where: string, item: unknown, i: number): readonly Target[] {
  if (item instanceof Tensor) return [{ tensor: item, key: String(i) }];
  if (!isModule(item)) throw wrongKind(where, `over[${i}]`, "a Tensor or a module", item);
  return [...item.parameters()].map(([path, tensor]) => ({ tensor, key: `${i}.${path}`, path }));
}

export const isModule = (over: unknown): over is HasParameters =>
  typeof over === "object" && over !== null && "parameters" in over && typeof over.parameters === "function";

function expectDifferentiable(where: string, key: string, tensor: unknown): void {
  if (!(tensor instanceof Tensor)) throw wrongKind(where, `over[${key}]`, "a Tensor", tensor);
  if (tensor.quantized)
    throw new TypeError(
      `${where}: parameter ${tensor.describe()} is quantized and has no gradient; exclude it, as the option freeze of adamW does, ` +
        `or load the model without weights: "${tensor.quantized.format}"`,
    );
}

/** What the tensors that gradients are taken over are called. */
export class Names {
  readonly targets: readonly Target[];
  readonly tensors: ReadonlySet<Tensor>;
  /** One name for each: its own path, or the key if two share a path. */
  readonly named: ReadonlyMap<string, Tensor>;
  #found: Map<string, Tensor | typeof SEVERAL> | undefined;

  constructor(targets: readonly Target[]) {
    this.targets = targets;
    this.tensors = new Set(targets.map(({ tensor }) => tensor));
    this.named = namesOf(targets);
  }

  /**
   * The tensor with a key, a path in a module or a path of its own.
   *
   * @throws RangeError if several tensors have it
   */
  find(name: string): Tensor | undefined {
    this.#found ??= this.#everyName();
    const found = this.#found.get(name);
    if (found === SEVERAL)
      throw new RangeError(`gradients: "${name}" matches several tensors; pass the tensor or parameter itself`);
    return found;
  }

  #everyName(): Map<string, Tensor | typeof SEVERAL> {
    const found = new Map<string, Tensor | typeof SEVERAL>();
    for (const { tensor, key, path } of this.targets)
      for (const name of [key, path, ownPath(tensor)])
        if (name !== undefined) found.set(name, (found.get(name) ?? tensor) === tensor ? tensor : SEVERAL);
    return found;
  }
}

const SEVERAL = Symbol("several");

const ownPath = (tensor: Tensor): string | undefined =>
  tensor instanceof Parameter && tensor.path !== "" ? tensor.path : undefined;

function namesOf(targets: readonly Target[]): ReadonlyMap<string, Tensor> {
  const names = new Map<string, Tensor>();
  for (const { tensor, key } of targets) {
    const name = ownPath(tensor) ?? key;
    if ((names.get(name) ?? tensor) !== tensor) return new Map(targets.map((target) => [target.key, target.tensor]));
    names.set(name, tensor);
  }
  return names;
}
