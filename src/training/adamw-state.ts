import { kernels } from "../kernels";
import { readView } from "../kernels/internal";
import { nearest } from "../nearest";
import { type Parameter, Tensor, zeros } from "../tensor";
import { elsewhereOf, tensorHere } from "../tensor/internal";
import { expectStoredShape, expectTensors, type StoredTensors, valuesOf } from "./stored-values";

/** The decaying means of a parameter's gradient and of its square, and the number of steps they cover. */
export interface Moments {
  first: Tensor;
  second: Tensor;
  steps: number;
}

/** The state of AdamW. */
export interface AdamWState {
  steps: number;
  moments: ReadonlyMap<Parameter, Moments>;
}

export const noMoments = ({ shape }: Parameter): Moments => ({
  first: zeros(shape),
  second: zeros(shape),
  steps: 0,
});

/**
 * Copies named `steps`, `first.<path>` and `second.<path>`, and `steps.<path>` for a parameter that missed some steps.
 */
export function savedState(
  parameters: ReadonlyMap<string, Parameter>,
  { steps, moments }: AdamWState,
): Map<string, Tensor> {
  const state = new Map<string, Tensor>([["steps", scalar(steps)]]);
  for (const [path, parameter] of steps === 0 ? [] : parameters) {
    const own = moments.get(parameter) ?? noMoments(parameter);
    state.set(`first.${path}`, copyOf(own.first));
    state.set(`second.${path}`, copyOf(own.second));
    if (own.steps !== steps) state.set(`steps.${path}`, scalar(own.steps));
  }
  return state;
}

/**
 * @throws RangeError for an unknown or missing name, or a wrong number; ShapeError for a wrong shape; TypeError unless
 * it is a Map
 */
export function loadedState(parameters: ReadonlyMap<string, Parameter>, state: StoredTensors): AdamWState {
  expectTensors("adamW", "state", state);
  const left = new Set(state.keys());
  const found = (name: string) => {
    const stored = state.get(name);
    if (stored === undefined) throw missing(name, state);
    left.delete(name);
    return stored;
  };
  const whole = (name: string): number => {
    const steps = valuesOf("adamW: state", name, found(name), [])[0]!;
    if (!Number.isSafeInteger(steps) || steps < 0)
      throw new RangeError(`adamW: state: "${name}" must be a whole number of 0 or more, not ${steps}`);
    return steps;
  };
  const moment = (name: string, { shape }: Parameter): Tensor => {
    const stored = found(name);
    // Numbers on a device cannot be checked here.
    if (stored instanceof Tensor && elsewhereOf(stored))
      return copyOf(expectStoredShape("adamW: state", name, stored, shape));
    const values = valuesOf("adamW: state", name, stored, shape);
    if (name.startsWith("second.") && values.some((value) => value < 0))
      throw new RangeError(`adamW: state: "${name}" holds a mean of squares below 0`);
    return new Tensor(shape, values);
  };
  const steps = whole("steps");
  const moments = new Map<Parameter, Moments>();
  for (const [path, parameter] of steps === 0 ? [] : parameters) {
    const [first, second] = [moment(`first.${path}`, parameter), moment(`second.${path}`, parameter)];
    const own = state.has(`steps.${path}`) ? whole(`steps.${path}`) : steps;
    if (own > steps) throw new RangeError(`adamW: state: "steps.${path}" is ${own}, more than all ${steps} steps`);
    moments.set(parameter, { first, second, steps: own });
  }
  for (const name of left)
    throw new RangeError(`adamW: the state has "${name}", which belongs to no trained parameter`);
  return { steps, moments };
}

function missing(name: string, state: StoredTensors): RangeError {
  const near = nearest(name, [...state.keys()], 1).map((found) => `; it has "${found}"`);
  return new RangeError(`adamW: the state has no "${name}"${near}`);
}

/** In JavaScript's memory, so that `load` can read it where moments are on a device. */
const scalar = (value: number): Tensor => tensorHere([], Float32Array.of(value));

const copyOf = ({ shape, size, buffer }: Tensor): Tensor =>
  new Tensor(shape, kernels().run(readView, buffer, { shape: [size], start: 0, steps: [1] }));
