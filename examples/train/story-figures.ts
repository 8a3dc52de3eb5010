import { crossEntropy, DecoderModel, fromPretrained, random } from "transformer-blocks";
import { story } from "../grammar";

const STORIES = 200;

/** The loss on stories drawn apart from those of training, in nats a token, each word counted once. */
export async function storyFigures(folder: string): Promise<Record<string, string>> {
  const { model, tokenizer } = await fromPretrained(folder, { model: DecoderModel });
  const source = random(4).stream("held-out stories");
  let [total, count] = [0, 0];
  for (let i = 0; i < STORIES; i++) {
    const ids = [...tokenizer.encode(story(() => source.next())).ids, model.config.endTokens![0]!];
    const logits = model.forward([ids.slice(0, -1)]);
    total += crossEntropy(logits, [ids.slice(1)]).item() * (ids.length - 1);
    count += ids.length - 1;
  }
  return { "held-out loss, names not weighted": (total / count).toFixed(3) };
}
