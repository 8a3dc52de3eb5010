import { nearest } from "../nearest";
import { type Parameter, Tensor } from "../tensor";
import { expectTensors, type StoredTensors, valuesOf } from "./stored-values";

/** The decaying means of a parameter's gradient and of its square, and the number of steps they cover. */
export interface Moments {
  first: Float32Array;
  second: Float32Array;
  steps: number;
}

/** The state of AdamW. */
export interface AdamWState {
  steps: number;
  moments: ReadonlyMap<Parameter, Moments>;
}

export const noMoments = ({ size }: Parameter): Moments => ({
  first: new Float32Array(size),
  second: new Float32Array(size),
  steps: 0,
});

/**
 * Copies named `steps`, `first.<path>` and `second.<path>`, and `steps.<path>` for a parameter that missed some steps.
 */
export function savedState(parameters: ReadonlyMap<string, Parameter>, { steps, moments }: AdamWState) {
  const state = new Map<string, Tensor>([["steps", scalar(steps)]]);
  for (const [path, parameter] of steps === 0 ? [] : parameters) {
    const own = moments.get(parameter) ?? noMoments(parameter);
    state.set(`first.${path}`, new Tensor(parameter.shape, own.first.slice()));
    state.set(`second.${path}`, new Tensor(parameter.shape, own.second.slice()));
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
  const take = (name: string, shape: readonly number[]): Float32Array => {
    const stored = state.get(name);
    if (stored === undefined) throw missing(name, state);
    left.delete(name);
    return valuesOf("adamW: state", name, stored, shape);
  };
  const whole = (name: string): number => {
    const steps = take(name, [])[0]!;
    if (!Number.isSafeInteger(steps) || steps < 0)
      throw new RangeError(`adamW: state: "${name}" must be a whole number of 0 or more, not ${steps}`);
    return steps;
  };
  const steps = whole("steps");
  const moments = new Map<Parameter, Moments>();
  for (const [path, parameter] of steps === 0 ? [] : parameters) {
    const [first, second] = [take(`first.${path}`, parameter.shape), take(`second.${path}`, parameter.shape)];
    if (second.some((value) => value < 0))
      throw new RangeError(`adamW: state: "second.${path}" holds a mean of squares below 0`);
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

const scalar = (value: number): Tensor => new Tensor([], Float32Array.of(value));
