import type * as fc from "fast-check";
import { type Checks, checkOptions, expectFunction, expectString, instanceOf, numberIn } from "../../checks";
import { Tensor } from "../../tensor";
import { farthest, largest } from "../comparisons";

/** The two sides of a law's equation. An inequality x ≥ 0 is the equation x = max(x, 0). */
export interface Sides {
  left: Tensor;
  right: Tensor;
  /** The size of the numbers that rounding errors are proportional to; the largest |right| if omitted. */
  size?: number | undefined;
}

/** What a law is made of. */
export interface LawConfig<Implementation, Input, Options extends object> {
  /** What it is about, in a few words. */
  name: string;
  /** The theorem as a formula. */
  statement: string;
  /** Paper and section. */
  source: string;
  /** How far the sides may differ, relative to max(1, size); 2e-5 if omitted. */
  tolerance?: number | undefined;
  /** Draws inputs with fast-check. */
  arbitrary(options: Options): fc.Arbitrary<Input>;
  /** Throws a TypeError or RangeError unless it is an input. Nothing is checked if omitted. */
  check?(where: string, input: Input): void;
  /** Both sides of the equation, for one input. */
  sides(implementation: Implementation, input: Input): Sides;
}

const checks: Checks<LawConfig<never, never, never>> = {
  name: expectString,
  statement: expectString,
  source: expectString,
  tolerance: numberIn({ least: 0 }),
  arbitrary: expectFunction,
  check: expectFunction,
  sides: expectFunction,
};

const sidesChecks: Checks<Sides> = {
  left: instanceOf(Tensor, "a Tensor"),
  right: instanceOf(Tensor, "a Tensor"),
  size: numberIn({ least: 0, infinite: true }),
};

/**
 * A theorem about a kind of function, such as attention, that any implementation of it can be held to: an equation
 * between tensors, for every input.
 *
 * @example
 * ```ts
 * import fc from "fast-check";
 * import { negate, type Tensor, tanh } from "transformer-blocks";
 * import { Law, tensors } from "transformer-blocks/testing";
 * const odd = new Law({
 *   name: "odd function",
 *   statement: "f(−x) = −f(x)",
 *   source: "definition",
 *   arbitrary: () => tensors([4]),
 *   sides: (f: (x: Tensor) => Tensor, x: Tensor) => ({ left: f(negate(x)), right: negate(f(x)) }),
 * });
 * fc.assert(fc.property(odd.arbitrary(), (x) => odd.holds(tanh, x)));
 * ```
 */
export class Law<Implementation, Input, Options extends object = object> {
  readonly name: string;
  readonly statement: string;
  readonly source: string;
  readonly #config: LawConfig<Implementation, Input, Options>;

  constructor(config: LawConfig<Implementation, Input, Options>) {
    checkOptions("Law", config, checks, ["name", "statement", "source", "arbitrary", "sides"]);
    this.#config = { ...config };
    ({ name: this.name, statement: this.statement, source: this.source } = config);
  }

  /** Draws inputs. @throws Error without fast-check */
  arbitrary(options: Options = {} as Options): fc.Arbitrary<Input> {
    return this.#config.arbitrary(options);
  }

  /** Whether it holds for one input. */
  holds(implementation: Implementation, input: Input): boolean {
    return this.#violation(implementation, input) === undefined;
  }

  /** @throws Error that states the theorem, and where and by how much its sides differ, unless it holds for this input */
  expect(implementation: Implementation, input: Input): void {
    const violation = this.#violation(implementation, input);
    if (violation !== undefined)
      throw new Error(`${this.name}: ${violation}. The law is ${this.statement} (${this.source})`);
  }

  #violation(implementation: Implementation, input: Input): string | undefined {
    this.#config.check?.(this.name, input);
    const sides = this.#config.sides(implementation, input);
    checkOptions(`${this.name}: sides`, sides, sidesChecks, ["left", "right"]);
    const { left, right, size = largest(right) } = sides;
    if (left.shape.join() !== right.shape.join())
      return `the left side has shape [${left.shape.join(", ")}], the right side [${right.shape.join(", ")}]`;
    const found = farthest(left, right);
    const bound = (this.#config.tolerance ?? 2e-5) * Math.max(1, Number.isFinite(size) ? size : 1);
    if (found === undefined || found.difference <= bound) return undefined;
    const place = `at [${found.index.join(", ")}] the left side is ${found.left}, the right side ${found.right}`;
    return `${place}; they differ by ${found.difference}, more than ${bound}`;
  }
}
