import { words } from "../grammar";
import { heroes } from "../world";
import type { Fault } from "./fault";

const kindOf = new Map(heroes.map(({ name = "", kind = "" }) => [name, kind]));
const kinds = [...new Set(kindOf.values())].join("|");

/** How somebody is introduced; the groups are a name and a kind. */
const introductions = [
  /\b(?<kind>\w+) named (?<name>\w+)/g,
  new RegExp(`\\b(?<name>\\p{Lu}\\w+) the (?<kind>${kinds})\\b`, "gu"),
  new RegExp(`^(?<name>\\w+) was an? \\w+ (?<kind>${kinds})\\b`, "g"),
];

/** The hero is in one of the last sentences. */
const ENDING = 40;

/** Whoever is named was introduced, as what they are, and the hero is still there at the end. */
export function nameFaults(text: string): Fault[] {
  const faults: Fault[] = [];
  const places = new Map<string, number>();
  const introduced = introductions.flatMap((form) => [...text.matchAll(form)]).sort((a, b) => a.index - b.index);
  for (const { index, groups = {} } of introduced) {
    const { name = "", kind = "" } = groups;
    if (places.has(name)) continue;
    places.set(name, index);
    if (kindOf.get(name) !== kind) faults.push({ kind: "name", message: `nobody here is a ${kind} named ${name}` });
  }
  for (const { 0: name, index } of text.matchAll(/\p{Lu}\p{L}+/gu)) {
    if (!kindOf.has(name) || (places.get(name) ?? Number.POSITIVE_INFINITY) <= index) continue;
    places.set(name, 0);
    faults.push({ kind: "name", message: `${name} was not introduced` });
  }
  const [hero] = places.keys();
  if (hero === undefined) return [{ kind: "name", message: "the story introduces nobody" }];
  if (!words(text).slice(-ENDING).includes(hero)) faults.push({ kind: "name", message: `${hero} is not in the end` });
  return faults;
}
