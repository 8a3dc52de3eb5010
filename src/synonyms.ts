/**
 * What other libraries call our options, so that a message can suggest the right name. In each group our name comes
 * first. Case, hyphens and underscores are ignored, so `weight_decay` needs no entry.
 *
 * These are the names used everywhere. Others are declared next to the checks of their options, by `knownAs`, so that a
 * page bundles only those it can use.
 */
export interface Synonyms {
  /** Names of an option: `"beams numBeams beamSize"`. */
  options?: readonly string[];
  /** Words that an option takes: `"silu swish"`. */
  words?: readonly string[];
  /** For a function with a certain option, names of which ours has no equal, and what to do instead. */
  advice?: readonly Advice[];
}

type Advice = readonly [known: string, names: string, text: string];

/** Names that several floors know. */
export const epsilonNames =
  "epsilon layerNormEps rmsNormEps layerNormEpsilon normEps normEpsilon varianceEpsilon rmsEps";
export const minimumNames = "minimum min minLr etaMin minFactor clipMin";
export const topSynonyms: Synonyms = {
  options: ["top topK k numResults"],
  advice: [["top", "returnAllScores", "all are returned if top is omitted"]],
};

const options: string[] = [
  "keepAxis keepdim keepdims keepdimension",
  "epsilon eps",
  "axis dim dims axes dimension",
  "random generator rng prng",
  "seed randomSeed randomState manualSeed rngSeed",
  "signal abortSignal abort",
];
const words: string[] = [];
const advice: Advice[] = [];

/** Makes other libraries' names for the options of a table of checks known. @returns the table */
export function knownAs<Table>(synonyms: Synonyms, table: Table): Table {
  // What a floor declares is more specific than what lies below it, so it is looked at first.
  options.unshift(...(synonyms.options ?? []));
  words.unshift(...(synonyms.words ?? []));
  advice.unshift(...(synonyms.advice ?? []));
  return table;
}

/** What to do if no option has the meaning of another library's name. */
export function adviceOn(name: string, known: readonly string[]): string | undefined {
  return advice.find(([ours, names]) => known.includes(ours) && isAmong(names, name))?.[2];
}

const plain = (name: string): string => name.replace(/[_-]/g, "").toLowerCase();

const isAmong = (names: string, name: string): boolean => names.split(" ").map(plain).includes(plain(name));

/** Finds ours: another spelling of a known name, or the first of a group that has the name, if that is known. */
const among =
  (groups: readonly string[]) =>
  (name: string, known: readonly string[]): string | undefined =>
    known.find((ours) => isAmong(ours, name)) ??
    groups.find((group) => known.includes(group.split(" ")[0]!) && isAmong(group, name))?.split(" ")[0];

/** The allowed word that means the same as another library's word. */
export const wordFor = /* @__PURE__ */ among(words);

/** The known name that means the same as another library's name. */
export const synonymOf = /* @__PURE__ */ among(options);
