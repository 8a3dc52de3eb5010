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

/** A group of names, the table of checks that it is declared next to, and what to do if ours is another thing. */
type Entry = readonly [group: string, table: object, text?: string];

const options: Entry[] = [
  "keepAxis keepdim keepdims keepdimension",
  "epsilon eps",
  "axis dim dims axes dimension",
  "random generator rng prng",
  "seed randomSeed randomState manualSeed rngSeed",
  "signal abortSignal abort",
].map((group) => [group, {}]);
const words: Entry[] = [];
const advice: Entry[] = [];

/** Makes other libraries' names for the options of a table of checks known. @returns the table */
export function knownAs<Table extends object>(synonyms: Synonyms, table: Table): Table {
  for (const group of synonyms.options ?? []) options.push([group, table]);
  for (const group of synonyms.words ?? []) words.push([group, table]);
  for (const [known, names, text] of synonyms.advice ?? []) advice.push([`${known} ${names}`, table, text]);
  return table;
}

const plain = (name: string): string => name.replace(/[_-]/g, "").toLowerCase();

const isAmong = (names: string, name: string): boolean => names.split(" ").map(plain).includes(plain(name));

/**
 * The entry that has the name and whose name of ours is known. If there are several, that of the table that shares most
 * options with the known ones, then the first known name: the order in which modules were loaded must not count.
 */
function entryOf(entries: readonly Entry[], name: string, known: readonly string[]): Entry | undefined {
  const shared = ([, table]: Entry) => known.filter((option) => option in table).length;
  return known
    .flatMap((ours) => entries.filter(([group]) => group.startsWith(`${ours} `) && isAmong(group, name)))
    .sort((a, b) => shared(b) - shared(a))[0];
}

/** What to do if no option has the meaning of another library's name. */
export const adviceOn = (name: string, known: readonly string[]): string | undefined =>
  entryOf(advice, name, known)?.[2];

/** Finds ours: another spelling of a known name, or the first of a group that has the name, if that is known. */
const among =
  (entries: readonly Entry[]) =>
  (name: string, known: readonly string[]): string | undefined =>
    known.find((ours) => isAmong(ours, name)) ?? entryOf(entries, name, known)?.[0].split(" ")[0];

/** The allowed word that means the same as another library's word. */
export const wordFor = /* @__PURE__ */ among(words);

/** The known name that means the same as another library's name. */
export const synonymOf = /* @__PURE__ */ among(options);
