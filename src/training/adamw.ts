import type { Module } from "../blocks";
import { kernels } from "../kernels";
import { type Parameter, ShapeError, Tensor, zeros } from "../tensor";
import { expectFinite, type Optimizer, type ParameterGradients } from "./optimizer";

export interface AdamWOptions {
  learningRate: number;
  /** How much of the mean gradient, and of the mean squared gradient, each step keeps; [0.9, 0.999] unless given. */
  betas?: readonly [number, number] | undefined;
  /** 1e-8 unless given. */
  epsilon?: number | undefined;
  /** What share of a parameter each step takes away, times the learning rate; 0.01 unless given. */
  weightDecay?: number | undefined;
  /** Which parameters decay; all unless given. `(path, { rank }) => rank > 1` spares biases and norms. */
  decays?: ((path: string, parameter: Parameter) => boolean) | undefined;
}

interface Moments {
  first: Tensor;
  second: Tensor;
}

interface Change extends Moments {
  path: string;
  parameter: Parameter;
  gradient: Tensor;
  decays: boolean;
}

/**
 * m ← β₁ m + (1 − β₁) g; v ← β₂ v + (1 − β₂) g²; θ ← θ − η λ θ − η m̂ / (√v̂ + ε), with m̂ = m / (1 − β₁ᵗ) and
 * v̂ = v / (1 − β₂ᵗ). m and v are allocated at the first step.
 *
 * @see Loshchilov and Hutter 2019, Decoupled Weight Decay Regularization (arXiv 1711.05101), algorithm 2
 */
export class AdamW implements Optimizer {
  readonly model: Module;
  readonly learningRate: number;
  readonly #options: { betas: readonly [number, number]; epsilon: number; weightDecay: number };
  readonly #decays: (path: string, parameter: Parameter) => boolean;
  #moments: ReadonlyMap<string, Moments> = new Map();
  #steps = 0;

  constructor(model: Module, options: AdamWOptions) {
    const { learningRate, betas = [0.9, 0.999], epsilon = 1e-8, weightDecay = 0.01, decays = () => true } = options;
    expectNotNegative("learningRate", learningRate);
    expectNotNegative("epsilon", epsilon);
    expectNotNegative("weightDecay", weightDecay);
    for (const beta of betas)
      if (!(beta >= 0 && beta < 1))
        throw new RangeError(`adamW: betas must be from 0 up to but not including 1, not ${beta}`);
    this.model = model;
    this.learningRate = learningRate;
    this.#options = { betas, epsilon, weightDecay };
    this.#decays = decays;
  }

  step(gradients: ParameterGradients, options: { learningRate?: number | undefined } = {}): void {
    const { learningRate = this.learningRate } = options;
    expectNotNegative("learningRate", learningRate);
    const changes = this.#changes(new Map(gradients));
    const spec = { ...this.#options, learningRate, step: this.#steps + 1 };
    // From here on nothing throws.
    for (const { parameter, gradient, first, second, decays } of changes) {
      const weightDecay = decays ? spec.weightDecay : 0;
      kernels().adamW(parameter.buffer, gradient.buffer, first.buffer, second.buffer, { ...spec, weightDecay });
    }
    this.#moments = new Map(changes.map(({ path, first, second }) => [path, { first, second }]));
    this.#steps = spec.step;
  }

  /** What the next step depends on besides the parameters: `steps`, and `first.<path>` and `second.<path>` of each. */
  state(): Map<string, Tensor> {
    const state = new Map<string, Tensor>([["steps", new Tensor([], Float32Array.of(this.#steps))]]);
    for (const [path, { first, second }] of this.#moments) {
      state.set(`first.${path}`, copy(first));
      state.set(`second.${path}`, copy(second));
    }
    return state;
  }

  /** Goes on from a state. @throws RangeError if a parameter's moments are missing; ShapeError if they do not fit it */
  load(state: ReadonlyMap<string, Tensor>): void {
    const held = (name: string): Tensor => {
      const found = state.get(name);
      if (found === undefined) throw new RangeError(`adamW: the state has no "${name}"`);
      return found;
    };
    const steps = held("steps").item();
    const moments = new Map<string, Moments>();
    for (const [path, parameter] of steps === 0 ? [] : this.model.parameters()) {
      const [first, second] = [held(`first.${path}`), held(`second.${path}`)];
      expectShape("moment", path, first, parameter);
      expectShape("moment", path, second, parameter);
      moments.set(path, { first: copy(first), second: copy(second) });
    }
    this.#moments = moments;
    this.#steps = steps;
  }

  /** Each parameter with its gradient and moments, all checked. */
  #changes(gradients: ReadonlyMap<string, Tensor>): Change[] {
    const parameters = this.model.parameters();
    for (const path of gradients.keys())
      if (!parameters.has(path)) throw new RangeError(`adamW: there is a gradient of "${path}", but no such parameter`);
    const changes = [...parameters].map(([path, parameter]) => {
      const gradient = gradients.get(path);
      if (gradient === undefined) throw new RangeError(`adamW: the gradient of "${path}" is missing`);
      expectShape("gradient", path, gradient, parameter);
      expectTrainable(parameter);
      const moments = this.#moments.get(path) ?? { first: zeros(parameter.shape), second: zeros(parameter.shape) };
      return { path, parameter, gradient, decays: this.#decays(path, parameter), ...moments };
    });
    expectFinite("adamW", gradients);
    return changes;
  }
}

/**
 * The optimizer of a model: Adam with decoupled weight decay, as PyTorch's `AdamW`.
 *
 * @throws RangeError if an option is out of range
 * @example
 * ```ts
 * import { adamW } from "transformer-blocks/training";
 * import { initialize, Linear, ones, sum, valueAndGradients } from "transformer-blocks";
 * const model = initialize(new Linear({ inFeatures: 2, outFeatures: 1, bias: false }), { seed: 1 });
 * const before = model.weight.data[0]!;
 * const optimizer = adamW(model, { learningRate: 0.25, weightDecay: 0 });
 * optimizer.step(valueAndGradients(model, () => sum(model.forward(ones([1, 2])))).gradients);
 * before - model.weight.data[0]!; // 0.25
 * ```
 */
export function adamW(model: Module, options: AdamWOptions): AdamW {
  return new AdamW(model, options);
}

const copy = (x: Tensor): Tensor => new Tensor(x.shape, x.data.slice());

function expectNotNegative(name: string, value: number): void {
  if (!(value >= 0 && Number.isFinite(value)))
    throw new RangeError(`adamW: ${name} must be a number of 0 or more, not ${value}`);
}

function expectTrainable(parameter: Parameter): void {
  if (parameter.quantized)
    throw new TypeError(`adamW: parameter ${parameter.describe()} is quantized and does not change; train adapters`);
  // Asking for the values throws where there are none.
  parameter.buffer;
}

function expectShape(what: string, path: string, x: Tensor, parameter: Parameter): void {
  if (x.shape.join() !== parameter.shape.join())
    throw new ShapeError(
      `adamW: the ${what} of "${path}" has the shape ${x.describe()}, the parameter [${parameter.shape.join(", ")}]`,
    );
}
