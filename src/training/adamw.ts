import type { Module } from "../blocks";
import { expectModule } from "../blocks/internal";
import { type Checks, checkOptions, expectBoolean } from "../checks";
import { type Kind, kindNamed } from "../describe";
import { kernels } from "../kernels";
import { adamW as stepBy } from "../kernels/internal";
import type { Parameter, Tensor } from "../tensor";
import { defineVisible, printed } from "../visible";
import { type AdamWOptions, adamWChecks, notNegative } from "./adamw-options";
import { type AdamWState, loadedState, type Moments, noMoments, savedState } from "./adamw-state";
import { expectUseful, unfrozen } from "./freeze";
import { expectFinite, gradientsOf } from "./gradients";
import type { Optimizer, ParameterGradients } from "./optimizer";
import type { StoredTensors } from "./stored-values";

/** Options of an optimizer's `step`. */
export interface StepOptions {
  /** For this step only. */
  learningRate?: number | undefined;
}

const stepChecks: Checks<StepOptions> = { learningRate: notNegative };

interface Change {
  parameter: Parameter;
  gradient: Tensor;
  moments: Moments;
  decays: boolean;
}

/**
 * m ← β₁ m + (1 − β₁) g; v ← β₂ v + (1 − β₂) g²; θ ← θ − η λ θ − η m̂ / (√v̂ + ε), with m̂ = m / (1 − β₁ᵗ) and v̂ = v /
 * (1 − β₂ᵗ). m and v are allocated at a parameter's first step; t counts the steps in which it had a gradient.
 *
 * @see Loshchilov and Hutter 2019, Decoupled Weight Decay Regularization (arXiv 1711.05101), algorithm 2
 */
export class AdamW implements Optimizer {
  readonly model: Module;
  readonly learningRate: number;
  readonly #options: { betas: readonly [number, number]; epsilon: number; weightDecay: number };
  readonly #decays: (path: string, parameter: Parameter) => boolean;
  readonly #freeze: readonly string[];
  #state: AdamWState = { steps: 0, moments: new Map() };
  /**
   * The options it was created with, with paths in place of the functions and patterns that choose parameters. Like
   * `moments`, an own property, so that equality assertions and consoles see it.
   */
  declare readonly settings: Readonly<Record<string, unknown>>;
  /** Its state, as `state()` returns it. */
  declare readonly moments: ReadonlyMap<string, Tensor>;

  constructor(model: Module, options: AdamWOptions) {
    expectModule("adamW", "model", model);
    checkOptions("adamW", options, adamWChecks, ["learningRate"]);
    const { learningRate, betas = [0.9, 0.999], epsilon = 1e-8, weightDecay = 0.01 } = options;
    const { decays = () => true, freeze = [] } = options;
    expectUseful("adamW", model, freeze);
    this.model = model;
    this.learningRate = learningRate;
    this.#options = { betas: [betas[0], betas[1]], epsilon, weightDecay };
    this.#decays = decays;
    this.#freeze = [...freeze];
    defineVisible(this, "settings", () => this.#settings());
    defineVisible(this, "moments", () => this.state());
  }

  /** The parameters that it trains: those that are not frozen. `valueAndGradients(optimizer, …)` skips others. */
  parameters(): Map<string, Parameter> {
    return unfrozen(this.model.parameters(), this.#freeze);
  }

  /** Gradients of frozen parameters are ignored. */
  step(gradients: ParameterGradients, options: StepOptions = {}): void {
    checkOptions("adamW", options, stepChecks);
    const { learningRate = this.learningRate } = options;
    const changes = this.#changes(gradients);
    // Nothing below throws.
    for (const { parameter, gradient, moments, decays } of changes) {
      const { first, second } = moments;
      const spec = { ...this.#options, learningRate, step: ++moments.steps };
      if (!decays) spec.weightDecay = 0;
      kernels().run(stepBy, parameter.buffer, gradient.buffer, first.buffer, second.buffer, spec);
    }
    const stepped = changes.map(({ parameter, moments }) => [parameter, moments] as const);
    this.#state = { steps: this.#state.steps + 1, moments: new Map([...this.#state.moments, ...stepped]) };
  }

  /**
   * Copies of what the next step depends on besides the parameters: `steps`, and `first.<path>` and `second.<path>` of
   * each trained parameter; `steps.<path>` of parameters that had no gradient in some steps.
   */
  state(): Map<string, Tensor> {
    return savedState(this.parameters(), this.#state);
  }

  /**
   * Continues from a copy of a state: from `state()`, or from the `tensors` that `readSafetensors` returns for a saved
   * one.
   *
   * @throws RangeError, with nothing changed, if a parameter's moments are missing, a name is unknown or a number is
   * wrong; ShapeError if moments do not fit their parameter
   */
  load(state: StoredTensors): void {
    this.#state = loadedState(this.parameters(), state);
  }

  /** What Node and Bun print. */
  [Symbol.for("nodejs.util.inspect.custom")](depth: number, options: object, inspect: () => string): string {
    const { kind, ...settings } = this.#settings();
    return printed(String(kind), { ...settings, steps: this.#state.steps }, depth, options, inspect);
  }

  /** How messages name it, also in another copy of the library. */
  get [Symbol.for("transformer-blocks.kind")](): Kind {
    return kindNamed("AdamW");
  }

  #settings(): Readonly<Record<string, unknown>> {
    const trained = this.parameters();
    return {
      kind: "AdamW",
      learningRate: this.learningRate,
      ...this.#options,
      frozen: [...this.model.parameters().keys()].filter((path) => !trained.has(path)),
      // The results of `decays` are checked at each step; inspecting an optimizer never throws.
      undecayed: [...trained].filter(([path, parameter]) => !this.#decays(path, parameter)).map(([path]) => path),
    };
  }

  #decaysAt(path: string, parameter: Parameter): boolean {
    const decays: unknown = this.#decays(path, parameter);
    expectBoolean("adamW", `decays("${path}", …)`, decays);
    return decays;
  }

  /** Each parameter with its gradient and moments, all checked. */
  #changes(gradients: ParameterGradients): Change[] {
    const parameters = this.model.parameters();
    const trained = unfrozen(parameters, this.#freeze);
    const found = gradientsOf("adamW", parameters, trained, gradients);
    const changes: Change[] = [];
    for (const [path, parameter] of trained) {
      const gradient = found.get(parameter);
      if (gradient === undefined) continue;
      expectTrainable(parameter);
      expectFinite("adamW", [[path, gradient]]);
      const moments = this.#state.moments.get(parameter) ?? noMoments(parameter);
      changes.push({ parameter, gradient, moments, decays: this.#decaysAt(path, parameter) });
    }
    return changes;
  }
}

/**
 * The optimizer of a model: Adam with decoupled weight decay, like PyTorch's `AdamW`.
 *
 * @throws TypeError for an unknown option or one of the wrong kind; RangeError if one is out of range or a pattern of
 * `freeze` matches no parameter
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

function expectTrainable(parameter: Parameter): void {
  if (parameter.quantized)
    throw new TypeError(
      `adamW: parameter ${parameter.describe()} is quantized and cannot be trained; freeze it and train others`,
    );
  // Throws if the parameter has no values.
  parameter.buffer;
}
