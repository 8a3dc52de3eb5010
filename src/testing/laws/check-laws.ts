import { type Checks, checkOptions, expectRecord, instanceOf, unchecked, wholeIn } from "../../checks";
import { fastCheck } from "../drawing";
import { Law } from "./law";

/** Options of `checkLaws`. */
export interface CheckLawsOptions<Inputs extends object = object> {
  /** The number of inputs drawn for each law; 100 if omitted. */
  runs?: number | undefined;
  /** Draws the same inputs again; the seed that fast-check is configured with if omitted. */
  seed?: number | undefined;
  /** Options of the laws' `arbitrary`, such as the sizes that the implementation has. */
  inputs?: Inputs | undefined;
}

const checks: Checks<CheckLawsOptions> = {
  runs: wholeIn({ least: 1, most: 1_000_000 }),
  seed: wholeIn({ least: -(2 ** 31), most: 2 ** 31 - 1 }),
  inputs: unchecked,
};
const isLaw = instanceOf(Law, "a Law");

/**
 * Holds an implementation to all of some laws, for inputs that fast-check draws and shrinks.
 *
 * @throws Error that states each law that does not hold, with its smallest counterexample; Error without fast-check
 * @example
 * ```ts
 * import { attention } from "transformer-blocks";
 * import { attentionLaws, checkLaws } from "transformer-blocks/testing";
 * checkLaws(attentionLaws, attention);
 *
 * const { hull, oneKey } = attentionLaws;
 * checkLaws({ hull, oneKey }, (q, k, v) => attention(q, k, v), { runs: 20, inputs: { grouped: false } });
 * ```
 */
export function checkLaws<Implementation, Inputs extends object>(
  laws: Readonly<Record<string, Law<Implementation, unknown, Inputs>>>,
  implementation: NoInfer<Implementation>,
  options: CheckLawsOptions<NoInfer<Inputs>> = {},
): void {
  expectRecord("checkLaws", "laws", laws);
  for (const [name, law] of Object.entries(laws)) isLaw("checkLaws", `laws.${name}`, law);
  if (Object.keys(laws).length === 0) throw new RangeError("checkLaws: laws must hold at least one law");
  checkOptions("checkLaws", options, checks);
  const { check, property, stringify } = fastCheck("checkLaws");
  const { runs: numRuns, seed, inputs } = options;
  const failures = Object.values(laws).flatMap((law) => {
    const holds = property(law.arbitrary(inputs), (input) => law.expect(implementation, input));
    const found = check(holds, { ...(numRuns && { numRuns }), ...(seed !== undefined && { seed }) });
    if (!found.failed) return [];
    const [counterexample] = found.counterexample ?? [];
    const note = `Its smallest counterexample with seed ${found.seed}: ${stringify(counterexample)}`;
    return [{ law: law.name, error: found.errorInstance, note }];
  });
  if (failures.length > 0) throw joined(failures);
}

/**
 * One error of the first one's kind: an implementation may have been called wrongly. What several laws say in the same words
 * is said once.
 */
function joined(failures: readonly { law: string; error: unknown; note: string }[]): Error {
  const said = new Map<string, { laws: string[]; note: string }>();
  for (const { law, error, note } of failures) {
    const message = error instanceof Error ? error.message : String(error);
    // What the implementation itself throws does not say for which law it was called.
    const own = message.startsWith(`${law}: `) ? message.slice(law.length + 2) : message;
    const known = said.get(own);
    if (known) known.laws.push(law);
    else said.set(own, { laws: [law], note });
  }
  const parts = [...said].map(
    ([
      message,
      {
        laws: [law, ...more],
        note,
      },
    ]) => {
      const others =
        more.length > 0 ? `, and ${more.length} more ${more.length > 1 ? "laws" : "law"} (${more.join("; ")})` : "";
      return `${law}${others}: ${message}\n${note}`;
    },
  );
  const cause = failures[0]?.error;
  const Kind = cause instanceof TypeError ? TypeError : cause instanceof RangeError ? RangeError : Error;
  return new Kind(parts.join("\n\n"), { cause });
}
