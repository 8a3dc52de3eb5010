import { type Entity, type Plot, withoutArticles } from "../grammar";
import { plots } from "../story";
import type { Fault, FaultKind } from "./fault";
import { type Pattern, patternOf, type Sighting } from "./pattern";

/** The plots with their lines compiled, when first used. */
let compiled: { plot: Plot; lines: Pattern[][] }[] | undefined;

const compile = () =>
  plots.map((plot) => ({ plot, lines: plot.lines.map((ways) => ways.map((way) => patternOf(plot, way))) }));

/**
 * Reads a story as one of the plots, with anybody in any place, and then asks whether everybody stayed who they were:
 * the same name, the right pronoun, the lost thing in its color, the helper who can help here.
 */
export function coherence(text: string): Fault[] {
  compiled ??= compile();
  const story = withoutArticles(text);
  let farthest = 0;
  for (const { plot, lines } of compiled) {
    const { sightings, reach } = read(lines, story);
    if (sightings !== undefined) return contradictions(plot, sightings);
    farthest = Math.max(farthest, reach);
  }
  return [
    {
      kind: "form",
      message: `no plot goes on like this: "…${story.slice(Math.max(0, farthest - 20), farthest + 40)}…"`,
    },
  ];
}

interface Reading {
  sightings?: Sighting[];
  /** Where the first sentence begins that does not belong. */
  reach: number;
}

/** Reads the lines from a place on, trying every way in which each can be said. */
function read(lines: readonly Pattern[][], text: string, from = 0): Reading {
  const [ways, ...rest] = lines;
  if (ways === undefined) return from === text.length + 1 ? { sightings: [], reach: from } : { reach: from };
  let reach = from;
  for (const { expression, groups } of ways) {
    expression.lastIndex = from;
    const match = expression.exec(text);
    if (match === null) continue;
    const after = read(rest, text, from + match[0].length + 1);
    reach = Math.max(reach, after.reach);
    if (after.sightings === undefined) continue;
    const own = groups.flatMap((group, i) => (match[i + 1] === undefined ? [] : [group(match[i + 1]!)]));
    return { sightings: [...own, ...after.sightings], reach };
  }
  return { reach };
}

/** Narrows down who fills each role, sighting by sighting, until nobody is left. */
function contradictions(plot: Plot, sightings: readonly Sighting[]): Fault[] {
  const cast = new Map<string, ReadonlySet<Entity>>();
  const faults: Fault[] = [];
  for (const sighting of sightings) {
    const { role, candidates, text } = sighting;
    const before = cast.get(role);
    const taken = [...cast].flatMap(([other, one]) => (other !== role && one.size === 1 ? [...one] : []));
    const fitting = [...(before ?? candidates)].filter((one) => candidates.has(one) && !taken.includes(one));
    if (fitting.length > 0) cast.set(role, new Set(fitting));
    else faults.push({ kind: kindOf(plot, sighting), message: `${role} cannot be "${text}" here` });
  }
  return faults;
}

function kindOf({ things = [] }: Plot, { role, field, candidates }: Sighting): FaultKind {
  if (["he", "him", "his", "kind"].includes(field)) return "agreement";
  const [one] = candidates;
  if (one?.he !== undefined) return "name";
  return things.some((thing) => thing.split(".")[0] === role && ["name", thing.split(".")[1]].includes(field))
    ? "object"
    : "resolution";
}
