import { words } from "../grammar";
import { storyWords } from "../story";
import { family, heroes } from "../world";
import type { Fault } from "./fault";

const genderOf = new Map([...heroes, ...family].map(({ name = "", he = "" }) => [name, he]));
const pronouns: Readonly<Record<string, string>> = { he: "he", him: "he", his: "he", she: "she", her: "she" };
let known: ReadonlySet<string> | undefined;

/** Articles agree with the next word, pronouns with somebody in the story, and all words are of this world. */
export function agreementFaults(text: string): Fault[] {
  known ??= storyWords();
  const faults: Fault[] = [];
  const wrong = /\b(?:a [aeiou]|an [^aeiou])\w*/i.exec(text);
  if (wrong !== null) faults.push({ kind: "agreement", message: `"${wrong[0]}" has the wrong article` });
  const all = words(text);
  for (const word of new Set(all)) {
    if (!known.has(word)) faults.push({ kind: "form", message: `no story has the word "${word}"` });
  }
  const genders = new Set(all.flatMap((word) => genderOf.get(word) ?? []));
  for (const word of all) {
    const gender = pronouns[word.toLowerCase()];
    if (gender === undefined || genders.has(gender)) continue;
    faults.push({ kind: "agreement", message: `nobody in the story is a "${word}"` });
    break;
  }
  return faults;
}
