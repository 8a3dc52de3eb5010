/** Groups of names for the same option, or of words for the same value: ours first, `"learningRate lr stepSize"`. */
const groups: string[] = [];

/** What an option of another library becomes here, where a function has a certain option. */
type Advice = readonly [known: string, names: string, text: string];

const advice: Advice[] = [];

/**
 * Adds groups of names for the same option, ours first in each. Case and underscores are ignored, so `weight_decay` needs
 * no entry. They stand next to the checks of the options, so that a page bundles only those it can use; those of a floor
 * above go before those below.
 */
export function learnSynonyms(more: readonly string[]): void {
  groups.unshift(...more);
}

/** Adds what to do instead of options that have no counterpart: `["norm", "normFirst", 'norm: "pre" normalizes first']`. */
export function learnAdvice(more: readonly Advice[]): void {
  advice.unshift(...more);
}

const plain = (name: string): string => name.replace(/[_-]/g, "").toLowerCase();

const isAmong = (names: string, name: string): boolean =>
  names.split(" ").some((other) => plain(other) === plain(name));

/** The known name or word that means the same as another library's. */
export const synonymOf = (name: string, known: readonly string[]): string | undefined =>
  known.find((ours) => plain(ours) === plain(name)) ??
  groups.find((group) => known.includes(group.split(" ")[0]!) && isAmong(group, name))?.split(" ")[0];

/** What to do instead, where no option is meant. */
export const adviceOn = (name: string, known: readonly string[]): string | undefined =>
  advice.find(([ours, names]) => known.includes(ours) && isAmong(names, name))?.[2];
