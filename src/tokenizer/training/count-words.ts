import { Fields } from "../../fields";
import { everyComponent } from "../json";
import { splitText } from "../pipeline";
import { AlignedText, TOKENIZER_FILE } from "../text";

import { checkTexts, type TrainingOptions } from "./training-options";

/** The parts of a tokenizer.json that split texts into words. */
export interface WordComponents {
  normalizer?: Record<string, unknown>;
  pre_tokenizer: Record<string, unknown>;
}

/** Texts between two progress reports. */
const TEXTS_PER_REPORT = 1000;

/** The frequency of each word, in order of first occurrence. Keeps no text in memory. */
export function countWords(
  where: string,
  texts: Iterable<string>,
  { normalizer: ofText, pre_tokenizer }: WordComponents,
  onProgress: TrainingOptions["onProgress"],
): Map<string, number> {
  const components = everyComponent();
  const normalizer = ofText && components.read("normalizer", new Fields(ofText, TOKENIZER_FILE, "normalizer"));
  const preTokenizer = components.read("pre_tokenizer", new Fields(pre_tokenizer, TOKENIZER_FILE, "pre_tokenizer"));
  const counts = new Map<string, number>();
  let count = 0;
  for (const text of checkTexts(where, texts)) {
    if (++count % TEXTS_PER_REPORT === 0) onProgress?.({ stage: "texts", count });
    if (text === "") continue;
    const whole = AlignedText.of(text);
    for (const { text: word } of splitText(preTokenizer, normalizer?.normalize(whole) ?? whole)) {
      counts.set(word, (counts.get(word) ?? 0) + 1);
    }
  }
  onProgress?.({ stage: "texts", count });
  return counts;
}
