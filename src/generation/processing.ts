import { loadLater } from "../later";
import type { GenerateOptions } from "./options";
import { type Filters, filters, rules } from "./processing-options";
import type { Processor } from "./processor";
import { topK, topP } from "./processors/filters";
import { temperature } from "./processors/temperature";

const common: readonly string[] = ["temperature", "topK", "topP"] satisfies Filters[];

/**
 * The processors of these options, in order. The common ones are here, so that a page loads the others when it asks for
 * them.
 *
 * @param minLength the smallest length at which a row may end, prompt included
 */
export function processorsOf(
  where: string,
  options: GenerateOptions,
  ends: ReadonlySet<number>,
  minLength: number,
): readonly Processor[] | Promise<readonly Processor[]> {
  const asked: Readonly<Record<string, unknown>> = { ...options, minLength: minLength || undefined };
  const isCommon =
    (options.beams ?? 1) === 1 &&
    Object.keys({ ...rules, ...filters }).every(
      (name) =>
        common.includes(name) ||
        (asked[name] ?? undefined) === undefined ||
        (name === "minNewTokens" && asked[name] === 0),
    );
  if (!isCommon)
    return loadLater("options that change scores", () => import("./pipeline")).then(({ rulesOf }) =>
      rulesOf(where, options, ends, minLength),
    );
  const { temperature: t, topK: k, topP: p } = options;
  if (!t) return [];
  return [
    ...(t === 1 ? [] : [temperature(t)]),
    ...(k === undefined ? [] : [topK(k)]),
    ...((p ?? 1) === 1 ? [] : [topP(p!)]),
  ];
}

/** @throws RangeError for a token that is forced and suppressed */
export function expectForcible(where: string, options: GenerateOptions): void {
  for (const name of ["forcedStartToken", "forcedEndToken"] as const) {
    const forced = [options[name] ?? []].flat();
    if (forced.length === 0 || forced.some((id) => !options.suppressTokens?.includes(id))) continue;
    throw new RangeError(
      `${where}: ${name} ${forced.join(", ")} is also in suppressTokens, which leaves no token; remove it from one of them`,
    );
  }
}
