import { describe, wrongKind } from "../checks";
import { multiply, Parameter, ShapeError, Tensor } from "../tensor";
import { elsewhereOf, Gradients, sameShape } from "../tensor/internal";
import type { ParameterGradients } from "./optimizer";

/** @throws TypeError unless it iterates over pairs of a path and a tensor; RangeError for a path that occurs twice */
export function expectGradients(where: string, gradients: unknown): Map<string, Tensor> {
  if (typeof gradients !== "object" || gradients === null || !(Symbol.iterator in gradients)) {
    const hint = typeof gradients === "object" && gradients !== null && "gradients" in gradients;
    const { message } = wrongKind(where, "gradients", "valueAndGradients(…).gradients or a Map by path", gradients);
    throw new TypeError(`${message}${hint ? "; pass its field gradients" : ""}`);
  }
  const found = new Map<string, Tensor>();
  for (const pair of gradients as Iterable<unknown>) {
    const [path, gradient]: unknown[] = Array.isArray(pair) ? pair : [];
    if (typeof path !== "string" || !(gradient instanceof Tensor))
      throw new TypeError(`${where}: gradients must contain pairs [path, Tensor], not ${shown(pair, path, gradient)}`);
    if (found.has(path)) throw new RangeError(`${where}: there are two gradients of "${path}"`);
    found.set(path, gradient);
  }
  return found;
}

const shown = (pair: unknown, path: unknown, gradient: unknown): string =>
  Array.isArray(pair) ? `[${describe(path)}, ${describe(gradient)}]` : describe(pair);

/**
 * Gradients on a device cannot be checked here; `train` checks their norm first.
 *
 * @throws RangeError naming the first parameter whose gradient is NaN or infinite
 */
export function expectFinite(where: string, gradients: ParameterGradients): void {
  for (const [path, gradient] of gradients)
    if (elsewhereOf(gradient) === undefined) expectFiniteNumbers(where, path, gradient.data);
}

/** The same for gradients anywhere. */
export async function expectFiniteAnywhere(where: string, gradients: ParameterGradients): Promise<void> {
  for (const [path, gradient] of gradients) expectFiniteNumbers(where, path, await gradient.read());
}

function expectFiniteNumbers(where: string, path: string, numbers: Float32Array): void {
  const wrong = numbers.find((value) => !Number.isFinite(value));
  if (wrong !== undefined)
    throw new RangeError(`${where}: the gradient of "${path}" holds ${wrong}; nothing was changed`);
}

/** Every gradient times a number. */
export function scaled(gradients: ReadonlyMap<string, Tensor>, factor: number): Map<string, Tensor> {
  return new Map([...gradients].map(([path, gradient]) => [path, multiply(gradient, factor)]));
}

/**
 * The gradients of a model's parameters. Gradients of a part, from `valueAndGradients(part, …)`, may omit the others; a
 * Map must have all that are `trained`.
 *
 * @throws RangeError for a gradient of an unknown parameter, and if one is missing or there are none; ShapeError for
 * another shape
 */
export function gradientsOf(
  where: string,
  model: ReadonlyMap<string, Parameter>,
  trained: ReadonlyMap<string, Parameter>,
  gradients: ParameterGradients,
): Map<Parameter, Tensor> {
  const given = byParameter(where, model, gradients);
  const found = new Map<Parameter, Tensor>();
  for (const [path, parameter] of trained) {
    const gradient = given.get(parameter);
    if (gradient !== undefined) found.set(parameter, expectShape(where, path, gradient, parameter));
    else if (!(gradients instanceof Gradients))
      throw new RangeError(`${where}: the gradient of "${path}" is missing; freeze: ["${path}"] trains without it`);
  }
  if (found.size === 0) throw new RangeError(`${where}: there is no gradient of any trained parameter`);
  return found;
}

/** Looks gradients up by the parameter itself, by its path in the model, or by its own path, which may be longer. */
function byParameter(
  where: string,
  model: ReadonlyMap<string, Parameter>,
  gradients: ParameterGradients,
): Map<Parameter, Tensor> {
  const over = gradients instanceof Gradients ? gradients.over() : undefined;
  const known = new Set(model.values());
  const own = new Map([...known].map((parameter) => [parameter.path, parameter]));
  const found = new Map<Parameter, Tensor>();
  for (const [path, gradient] of expectGradients(where, gradients)) {
    const asked = over?.get(path);
    const itself = asked instanceof Parameter && known.has(asked) ? asked : undefined;
    const parameter = itself ?? model.get(path) ?? own.get(path);
    if (parameter === undefined)
      throw new RangeError(`${where}: there is a gradient of "${path}", but the model has no such parameter`);
    if (found.has(parameter)) throw new RangeError(`${where}: there are two gradients of "${path}"`);
    found.set(parameter, gradient);
  }
  return found;
}

function expectShape(where: string, path: string, gradient: Tensor, parameter: Parameter): Tensor {
  if (!sameShape(gradient.shape, parameter.shape))
    throw new ShapeError(
      `${where}: the gradient of "${path}" has shape ${gradient.describe()}, but the parameter has shape [${parameter.shape.join(", ")}]`,
    );
  return gradient;
}
