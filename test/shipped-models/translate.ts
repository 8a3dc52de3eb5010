import { partOfPair, sentencePair } from "../../examples/grammar";
import { fromPretrained } from "../../src/families";
import { translate } from "../../src/tasks";
import { random } from "../../src/tensor";
import type { Figure } from "./figure";

const PAIRS = 500;

/** 500 pairs of the part that no setting was chosen by. */
export async function check(folder: string): Promise<Figure[]> {
  const translator = await fromPretrained(folder);
  const source = random(2).stream("held-out pairs");
  const pairs = new Map<string, string>();
  while (pairs.size < PAIRS) {
    const pair = sentencePair(() => source.next());
    if (partOfPair(pair) === "reporting") pairs.set(pair.source, pair.target);
  }
  const wrong: string[] = [];
  for (const [english, german] of pairs) {
    const said = await translate(translator, english);
    if (said !== german) wrong.push(`${english}\n    ${said}\n    expected: ${german}`);
  }
  const count = PAIRS - wrong.length;
  return [{ what: "held-out sentences are translated exactly", count, of: PAIRS, least: 0.95, wrong }];
}
