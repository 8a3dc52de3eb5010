import { softmax } from "../tensor";
import { encoderOf, expectText, type Loaded } from "./pretrained";

export interface Label {
  label: string;
  /** Its probability, 0 to 1. */
  score: number;
}

/**
 * The classes of a text, the most probable first, by the names that the model's config gives them.
 *
 * @throws TypeError if the model has no sequence class head
 */
export async function classify(pretrained: Loaded, text: string): Promise<Label[]> {
  const model = encoderOf("classify", pretrained, "sequenceClass");
  expectText("classify", "text", text);
  const { ids, types } = pretrained.tokenizer.encode(text);
  const names = pretrained.config.id2label as Record<string, string> | undefined;
  const scores = await softmax(model.forward([ids], { types: [types] })).read();
  return Array.from(scores, (score, i) => ({ label: names?.[i] ?? `LABEL_${i}`, score })).sort(
    (a, b) => b.score - a.score,
  );
}
