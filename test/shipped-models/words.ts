import { type Analogy, analogies, analogyKinds } from "../../examples/grammar";
import { loadWordVectors } from "../../examples/show/word-vectors";
import { analogy, type WordSource } from "../../src/inspect";
import { random } from "../../src/tensor";
import type { Figure } from "./figure";

const ANALOGIES = 100;

/** 100 analogies, 20 of each kind, and king − man + woman. */
export async function check(folder: string): Promise<Figure[]> {
  const words = await loadWordVectors(folder);
  const source = random(2).stream("analogies");
  const asked = analogies(() => source.next(), ANALOGIES);
  const queen: Analogy = { kind: "royalty", words: ["king", "man", "woman"], expected: "queen" };
  const kinds = analogyKinds.map((kind) =>
    figureOf(
      words,
      `analogies of ${kind} hold`,
      asked.filter((one) => one.kind === kind),
    ),
  );
  return [
    { ...figureOf(words, "king − man + woman is nearest to queen", [queen]), least: 1 },
    figureOf(words, "analogies hold", asked),
    ...kinds,
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
