import type * as fc from "fast-check";
import { type Checks, checkOptions } from "../../checks";
import type { HeadShape, Tensor } from "../../tensor";
import { type AttentionInputs, type AttentionInputsOptions, attentionInputs, inputsChecks } from "../arbitraries";
import { largest } from "../comparisons";
import { type FastCheck, fastCheck } from "../drawing";
import { type Implementation, runner } from "./implementation";
import { Law, type LawConfig, type Sides } from "./law";
import { tensor } from "./rows";

/** What laws ask of an attention besides queries, keys and values. */
export interface AttentionLawOptions {
  /** 1 where a query sees a key, 0 where not: [batch, heads, queries, keys]. */
  mask?: Tensor<HeadShape> | undefined;
  /** No query sees a later key; the last query is aligned with the last key. */
  causal?: boolean | undefined;
  /** Only keys less than this many positions away are seen. */
  window?: number | undefined;
}

type Heads = Tensor<HeadShape>;

/**
 * Attention: q [batch, queries, heads, headDim], k and v [batch, keys, keyValueHeads, headDim] → [batch, queries, heads,
 * headDim].
 */
export type AttentionFunction = (q: Heads, k: Heads, v: Heads, options?: AttentionLawOptions) => Tensor;

/** An attention that the laws can be held to: a function, or an object with it as `forward`. */
export type AttentionImplementation = Implementation<AttentionFunction>;

interface AttentionTheorem<More> extends Pick<LawConfig<never, never, never>, "name" | "statement" | "source"> {
  tolerance?: number;
  /** Checks of what an input has besides q, k and v. */
  more: Checks<More>;
  /** Draws what an input has besides q, k and v, which it must suit. */
  draw(fc: FastCheck, options: AttentionInputsOptions): fc.Arbitrary<(inputs: AttentionInputs) => More>;
  /** For what must be as long as the queries. */
  selfAttention?: boolean;
  sides(attention: AttentionFunction, input: AttentionInputs & More): Sides;
}

/** A law of attention, whose rounding errors grow with the values. */
export function attentionLaw<More extends object>(
  theorem: AttentionTheorem<More>,
): Law<AttentionImplementation, AttentionInputs & More, AttentionInputsOptions> {
  const { name, statement, source, tolerance, more, selfAttention } = theorem;
  const title = `attention, ${name}`;
  const checks = { q: tensor, k: tensor, v: tensor, ...more } as Checks<AttentionInputs & More>;
  const required = Object.keys(checks) as (keyof (AttentionInputs & More) & string)[];
  return new Law({
    ...{ name: title, statement, source, tolerance },
    arbitrary: (options) => {
      checkOptions(title, options, inputsChecks);
      const inputs = attentionInputs({ ...options, selfAttention: selfAttention ?? options.selfAttention });
      const fc = fastCheck(title);
      return fc.tuple(inputs, theorem.draw(fc, options)).map(([drawn, rest]) => ({ ...drawn, ...rest(drawn) }));
    },
    check: (where, input) => checkOptions(where, input, checks, required),
    sides: (implementation, input) => ({
      size: largest(input.v),
      ...theorem.sides(runner(title, implementation), input),
    }),
  });
}
