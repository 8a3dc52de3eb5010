import { classify, fillMask, fromPretrained, random } from "transformer-blocks";
import { fittingWords, type Part, type Passage, partOfPassage, passage } from "../grammar";

const PASSAGES = 500;

/** Passages of a part, all different. */
function drawn(part: Part, name: string, isRight: (drawn: Passage) => boolean): Passage[] {
  const source = random(2).stream(name);
  const found = new Map<string, Passage>();
  while (found.size < PASSAGES) {
    const one = passage(() => source.next());
    if (isRight(one) && partOfPassage(one.text) === part) found.set(one.text, one);
  }
  return [...found.values()];
}

export interface Score {
  count: number;
  of: number;
  wrong: string[];
}

const scored = (answers: readonly (string | undefined)[]): Score => {
  const wrong = answers.filter((answer) => answer !== undefined);
  return { count: answers.length - wrong.length, of: answers.length, wrong };
};

/** How often the best filling of a hidden word is the only one that the grammar could have written. */
export async function fillScore(folder: string, part: Part): Promise<Score> {
  const filler = await fromPretrained(folder);
  const source = random(3);
  const places = drawn(part, "masked words", () => true).flatMap(({ text }) => {
    const found = [...text.matchAll(/\p{L}+/gu)];
    const { 0: word, index } = found[source.integer(found.length)]!;
    const place = [...text.slice(0, index).matchAll(/\p{L}+|[^\p{L}\s]/gu)].length;
    return { text, place, word, masked: `${text.slice(0, index)}[MASK]${text.slice(index + word.length)}` };
  });
  const fitting = fittingWords(places);
  const certain = places.filter((_, i) => fitting[i]!.size === 1);
  const answers: (string | undefined)[] = [];
  for (const { masked, word } of certain) {
    const [best] = await fillMask(filler, masked, { top: 1 });
    answers.push(best?.token === word.toLowerCase() ? undefined : `${masked}: ${best?.token}, expected: ${word}`);
  }
  return scored(answers);
}

/** How often the mood of a passage is named. */
export async function moodScore(folder: string, part: Part): Promise<Score> {
  const classifier = await fromPretrained(folder, { head: "sequenceClass" });
  const texts = drawn(part, "moods", ({ mood }) => mood !== undefined);
  const found = await classify(
    classifier,
    texts.map(({ text }) => ({ text })),
    { top: 1 },
  );
  return scored(
    texts.map(({ text, mood }, i) => {
      const label = found[i]![0]!.label;
      return label === mood ? undefined : `${text} ${label}, expected: ${mood}`;
    }),
  );
}

/** Both, to print after training. */
export async function fillFigures(folder: string, part: Part): Promise<Record<string, string>> {
  const [fill, mood] = [await fillScore(folder, part), await moodScore(folder, part)];
  return {
    [`words of which only one fits, for ${part}`]: `${fill.count} of ${fill.of}`,
    [`moods, for ${part}`]: `${mood.count} of ${mood.of}`,
  };
}
