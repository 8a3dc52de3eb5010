import { type Analogy, allAnalogies, analogies, analogyKinds } from "../../examples/grammar";
import { loadWordVectors } from "../../examples/show/word-vectors";
import { analogy, type WordSource } from "../../src/inspect";
import { random } from "../../src/tensor";
import type { Figure } from "./figure";

const ANALOGIES = 100;

/** king − man + woman, 100 analogies, 20 of each kind, and all that the grammar has. */
export async function check(folder: string): Promise<Figure[]> {
  const words = await loadWordVectors(folder);
  const source = random(2).stream("analogies");
  const queen = allAnalogies.filter(({ words }) => words.join(" ") === "king man woman");
  return [
    { ...figureOf(words, "king − man + woman is nearest to queen", queen), least: 1 },
    figureOf(
      words,
      "100 analogies hold",
      analogies(() => source.next(), ANALOGIES),
    ),
    ...analogyKinds.map((kind) =>
      figureOf(
        words,
        `all analogies of ${kind} hold`,
        allAnalogies.filter((one) => one.kind === kind),
      ),
    ),
  ];
}

/** How many analogies a source completes with the expected word. */
export function figureOf(source: WordSource, what: string, asked: readonly Analogy[]): Figure {
  const wrong = asked.flatMap(({ words: [a, b, c], expected }) => {
    const [best] = analogy(source, a, b, c, { top: 1 });
    return best?.word === expected ? [] : [`${a} − ${b} + ${c} = ${best?.word}, expected: ${expected}`];
  });
  return { what, count: asked.length - wrong.length, of: asked.length, least: 0.9, wrong };
}
