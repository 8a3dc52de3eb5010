import { abortable } from "../abortable";
import type { ChatMessage } from "./chat-messages";
import { type TemplateOptions, templateChecks, templated, templateOptionNames } from "./chat-template";
import type { Loaded } from "./loaded";
import { type TextModel, writerModelOf } from "./pretrained";
import { type InWorker, isInWorker, runThere, streamThere } from "./worker/remote";
import { checkWriting, generationIn, joined, stopsOf, written } from "./writing";
import type { CompleteOptions } from "./writing-options";

/** The options of `chat`: those of `complete` and of the template. */
export interface ChatOptions extends CompleteOptions, TemplateOptions {}

/**
 * The model's reply to messages, written into the model's chat template (see `chatTemplate`). Options are those of
 * `complete` and of the template. Loads `@huggingface/jinja`.
 *
 * @throws as `chatTemplate` and `complete`
 * @example
 * ```ts
 * import { chat, gpt } from "transformer-blocks";
 * import { characterTokenizer } from "transformer-blocks/tokenizer";
 * const tokenizer = characterTokenizer(["User: Hello!\nAssistant: Hi"]);
 * const { vocabSize } = tokenizer;
 * const model = gpt({ vocabSize, contextLength: 64, dModel: 8, heads: 2, layers: 1 }, { seed: 1 });
 * const template = "{% for message in messages %}User: {{ message.content }}\nAssistant: {% endfor %}";
 * const reply = await chat({ model, tokenizer }, [{ role: "user", content: "Hello!" }], { template, maxNewTokens: 3 });
 * reply.length; // 3
 * ```
 */
export async function chat(
  pretrained: Loaded | InWorker,
  messages: readonly ChatMessage[],
  options: ChatOptions = {},
): Promise<string> {
  if (isInWorker(pretrained)) return runThere(pretrained, "chat", [messages, options]);
  return joined(reply("chat", pretrained, messages, options));
}

/**
 * Streams the reply of `chat`, in pieces of whole characters.
 *
 * @throws as `chat`. Wrong arguments throw at the call, other errors while iterating
 */
export function chatStream(
  pretrained: Loaded | InWorker,
  messages: readonly ChatMessage[],
  options: ChatOptions = {},
): AsyncGenerator<string> {
  if (isInWorker(pretrained)) return streamThere(pretrained, "chatStream", [messages, options]);
  return reply("chatStream", pretrained, messages, options);
}

function reply(
  task: string,
  pretrained: Loaded,
  messages: readonly ChatMessage[],
  options: ChatOptions,
): AsyncGenerator<string> {
  const textModel = writerModelOf(task, pretrained);
  checkWriting<TemplateOptions>(task, textModel, options, templateChecks);
  const render = templated(task, pretrained, messages, options);
  return replyTo(task, pretrained, textModel, { render, options: { ...options } });
}

async function* replyTo(
  task: string,
  pretrained: Loaded,
  textModel: TextModel,
  { render, options }: { render: () => Promise<string>; options: ChatOptions },
): AsyncGenerator<string> {
  // The template writes the special tokens.
  const text = await abortable(options.signal, render);
  const { ids } = pretrained.tokenizer.encode(text, { special: false });
  const generation = generationIn<TemplateOptions>(options, templateOptionNames);
  yield* written(task, pretrained, textModel, { ids, generation, stop: stopsOf(textModel, options) });
}
