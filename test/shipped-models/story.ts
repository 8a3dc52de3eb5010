import { story } from "../../examples/grammar";
import { checkStory, type FaultKind } from "../../examples/grammar/checker";
import { fromPretrained } from "../../src/families";
import { generate } from "../../src/generation";
import { DecoderModel } from "../../src/models";
import { random } from "../../src/tensor";
import type { Figure } from "./figure";

const STORIES = 500;
const TOGETHER = 50;
const PROMPT = 4; // tokens, as many as in "Once upon a time"

/**
 * 500 stories, sampled as in the demo: half of them from "Once upon a time", half from the first words of stories that
 * were not in training.
 */
export async function check(folder: string): Promise<Figure[]> {
  const { model, tokenizer } = await fromPretrained(folder, { model: DecoderModel });
  const source = random(2).stream("openings");
  const usual = tokenizer.encode("Once upon a time").ids;
  const other = () => tokenizer.encode(story(() => source.next())).ids.slice(0, PROMPT);
  const prompts = Array.from({ length: STORIES }, (_, i) => (i % 2 === 0 ? usual : other()));
  const stories: string[] = [];
  for (let from = 0; from < STORIES; from += TOGETHER) {
    const batch = prompts.slice(from, from + TOGETHER);
    const options = { temperature: 0.7, topP: 0.9, seed: from, maxNewTokens: model.config.contextLength - PROMPT };
    const { sequences } = await generate(model, batch, options);
    stories.push(...sequences.map((ids) => tokenizer.decode(ids)));
  }
  return figuresOf(stories);
}

/** How many stories are without each kind of fault. */
export function figuresOf(stories: readonly string[]): Figure[] {
  const faults = stories.map((text) => ({ text, found: checkStory(text) }));
  const without = (what: string, ...kinds: FaultKind[]): Figure => {
    const bad = faults.filter(({ found }) => found.some(({ kind }) => kinds.includes(kind)));
    const wrong = bad.map(({ text, found }) => `${found.map(({ message }) => message).join("; ")}\n    ${text}`);
    return { what, count: stories.length - bad.length, of: stories.length, least: 0.98, wrong };
  };
  return [
    without("stories keep every name", "name"),
    without("stories bring no object from nowhere", "object"),
    without("stories keep every name and every object", "name", "object"),
    without("stories solve the problem with what they gave", "resolution"),
    without("stories agree in articles and pronouns", "agreement"),
    without("stories are told as the grammar could", "form"),
    without("stories are without any fault", "name", "object", "resolution", "agreement", "form"),
  ];
}
