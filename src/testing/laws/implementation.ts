import { type Check, type Checks, checkOptions, wrongKind, wrongResult } from "../../checks";
import { Tensor } from "../../tensor";

/** A function, or an object such as a module that has it as its `forward`. */
export type Implementation<Run> = Run | { forward: Run };

/**
 * The implementation as a function, which names the law when what it is given or returns is not right.
 *
 * @throws TypeError unless it is a function or has `forward`, and when it is called and returns no Tensor
 */
export function runner<Arguments extends readonly unknown[]>(
  law: string,
  implementation: Implementation<(...given: Arguments) => Tensor>,
): (...given: Arguments) => Tensor {
  const { forward } = Object(implementation) as { forward?: unknown };
  if (typeof implementation !== "function" && typeof forward !== "function")
    throw wrongKind(law, "implementation", "a function or an object with forward", implementation);
  return (...given) => {
    const output = typeof implementation === "function" ? implementation(...given) : implementation.forward(...given);
    if (!(output instanceof Tensor)) throw wrongResult(law, "what the implementation returns", "a Tensor", output);
    return output;
  };
}

/** A check for an input with these fields and no others, all of them given. */
export const fields =
  <Input extends object>(checks: { readonly [Name in keyof Input]: Check }) =>
  (where: string, input: Input): void =>
    checkOptions(where, input, checks as Checks<Input>, Object.keys(checks) as (keyof Input & string)[]);

/** Some fields of an object. */
export const only = <From extends object, Name extends keyof From>(from: From, names: readonly Name[]) =>
  Object.fromEntries(names.map((name) => [name, from[name]])) as Pick<From, Name>;
