import { plots } from "../story";
import { looks } from "../world";
import type { Fault } from "./fault";

const colors = new Set(looks.map(({ name }) => name));

/** The nouns of all things and animals that stories introduce. */
const nouns = [
  ...new Set(
    plots.flatMap(({ roles, things = [] }) =>
      things.flatMap((slot) => {
        const [role = "", field = ""] = slot.split(".");
        return (roles[role] ?? []).map((entity) => nounOf(entity[field] ?? ""));
      }),
    ),
  ),
].sort((a, b) => b.length - a.length);

/** "white feather" is a feather, "an old farmer" a farmer, but a "tree house" is one thing. */
function nounOf(form: string): string {
  return form === "tree house" ? form : form.slice(form.lastIndexOf(" ") + 1);
}

const mention = new RegExp(`\\b(?:${nouns.join("|")})\\b`, "g");
const introducing = new Set(["a", "an", "some", "no", "one", "of"]);
const referring = new Set(["the", "my", "your", "his", "her", "their", "this", "that"]);

/** Nothing comes from nowhere: the first mention of a thing introduces it. And it keeps its color. */
export function thingFaults(text: string): Fault[] {
  const faults: Fault[] = [];
  const known = new Map<string, string | undefined>();
  for (const { phrase, noun } of mentions(text.toLowerCase())) {
    const color = phrase.find((word) => colors.has(word));
    if (!known.has(noun)) {
      known.set(noun, color);
      if (!introducing.has(phrase[0] ?? ""))
        faults.push({ kind: "object", message: `"${[...phrase, noun].join(" ")}" comes from nowhere` });
    }
    const first = known.get(noun);
    if (color !== undefined && first !== undefined && color !== first)
      faults.push({ kind: "object", message: `the ${first} ${noun} is suddenly ${color}` });
  }
  return faults;
}

/** Each mention of a thing, with its phrase from the article on: ["a", "red"] before "kite". */
function mentions(text: string): { phrase: string[]; noun: string }[] {
  return [...text.matchAll(mention)].map(({ index, 0: noun }) => {
    const clause =
      text
        .slice(0, index)
        .split(/[^\p{L} ]/u)
        .at(-1) ?? "";
    const before = clause.split(" ").filter(Boolean);
    const article = before.findLastIndex((word) => introducing.has(word) || referring.has(word));
    return { phrase: article < 0 ? [] : before.slice(article), noun };
  });
}
