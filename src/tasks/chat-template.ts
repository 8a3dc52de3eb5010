import { type Check, type Checks, checkOptions, expectBoolean, expectRecord, expectString, wrongKind } from "../checks";
import { filesOf } from "../families/internal";
import { loadLater } from "../later";
import { knownAs } from "../synonyms";
import { Tokenizer } from "../tokenizer";
import { type ChatMessage, expectMessages, plain, plainMessages, records } from "./chat-messages";
import { specialTokens, type TemplateHolder, templateFor } from "./chat-sources";
import { expectLoaded, type Loaded } from "./loaded";
import { type InWorker, isInWorker, runThere } from "./worker/remote";

/** How messages become a prompt. */
export interface TemplateOptions {
  /** A system message before the others. */
  system?: string | undefined;
  /** The tools that the model may call: JSON schemas, as the model's template expects them. */
  tools?: readonly object[] | undefined;
  /** Documents to answer from, usually `{ title, text }`. */
  documents?: readonly object[] | undefined;
  /** The name of one of the model's templates, or another Jinja template. */
  template?: string | undefined;
  /** End the prompt where the assistant's reply begins; true if omitted, unless the last message is continued. */
  addGenerationPrompt?: boolean | undefined;
  /** Let the model continue the last message, or the field of it with this name; false if omitted. */
  continueFinalMessage?: boolean | string | undefined;
  /** Further variables of the template, such as `{ enable_thinking: false }`. */
  variables?: Readonly<Record<string, unknown>> | undefined;
}

/** Variables with options of their own. */
const ownVariables: Record<string, string> = {
  messages: "the argument messages",
  tools: "the option tools",
  documents: "the option documents",
  add_generation_prompt: "the option addGenerationPrompt",
};

const expectVariables: Check = (where, name, value) => {
  expectRecord(where, name, value);
  const own = Object.keys(value).find((variable) => Object.hasOwn(ownVariables, variable));
  if (own !== undefined) throw new RangeError(`${where}: ${name}.${own} has no effect; use ${ownVariables[own]}`);
};

export const templateChecks: Checks<TemplateOptions> = /* @__PURE__ */ knownAs(
  {
    options: [
      "template chatTemplate",
      "variables templateKwargs chatTemplateKwargs kwargs",
      "continueFinalMessage prefill continueLast",
    ],
    advice: [
      ["template", "conversation messages", "it is the second argument"],
      [
        "template",
        "tokenize tokenizerKwargs padding truncation maxLength returnTensors returnDict returnAssistantTokensMask",
        "chatTemplate gives a text; tokenizer.encode(text, { special: false }) gives its tokens",
      ],
      ["template", "sanitizeControlTokens", "take special tokens out of the messages before"],
      [
        "template",
        "enableThinking thinking reasoningEffort builtinTools dateString",
        "pass variables: { name: value } for what the template reads",
      ],
    ],
  },
  {
    system: expectString,
    tools: records,
    documents: records,
    template: expectString,
    addGenerationPrompt: expectBoolean,
    continueFinalMessage: (where, name, value) => {
      if (typeof value !== "boolean" && (typeof value !== "string" || value === ""))
        throw wrongKind(where, name, "true, false or the name of a field", value);
    },
    variables: expectVariables,
  },
);

/** The names of the options of templates, beside those of `generate`. */
export const templateOptionNames = Object.keys(templateChecks);

/**
 * The prompt that `chat` gives to the model: the messages in the model's chat template, rendered as Python's transformers
 * does. Its ids are `tokenizer.encode(prompt, { special: false }).ids`, because the template adds special tokens itself.
 *
 * The template is chat_template.jinja or a field of tokenizer_config.json or chat_template.json. Loads
 * `@huggingface/jinja`.
 *
 * @param source what `fromPretrained` returned, or a tokenizer
 * @throws TypeError if there is no template, or for a message of the wrong kind, with its index; RangeError with the line
 *   and the text if the template refuses the messages; FormatError with the line if it is malformed or fails
 * @see https://huggingface.co/docs/transformers/chat_templating
 * @example
 * ```ts
 * import { chatTemplate } from "transformer-blocks";
 * import { characterTokenizer } from "transformer-blocks/tokenizer";
 * const template = "{% for message in messages %}{{ message.role }}: {{ message.content }}\n{% endfor %}";
 * const messages = [{ role: "user", content: "Hello" }];
 * await chatTemplate(characterTokenizer(["ab"]), messages, { template }); // "user: Hello\n"
 * ```
 */
export async function chatTemplate(
  source: Loaded | Tokenizer | InWorker,
  messages: readonly ChatMessage[],
  options: TemplateOptions = {},
): Promise<string> {
  if (isInWorker(source)) return runThere(source, "chatTemplate", [messages, options]);
  checkOptions("chatTemplate", options, templateChecks);
  return templated("chatTemplate", source, messages, options)();
}

/** Checks what can be checked before the template runs. @returns a function that renders it */
export function templated(
  where: string,
  source: Loaded | Tokenizer,
  messages: readonly ChatMessage[],
  options: TemplateOptions,
): () => Promise<string> {
  const holder = holderOf(where, source);
  expectMessages(where, messages);
  const { system, continueFinalMessage = false, tools, documents, variables = {} } = options;
  const { addGenerationPrompt = continueFinalMessage === false } = options;
  if (addGenerationPrompt && continueFinalMessage !== false)
    throw new RangeError(`${where}: addGenerationPrompt starts a new message, so continueFinalMessage has no effect`);
  if (system !== undefined && messages[0]!.role === "system")
    throw new RangeError(`${where}: system has no effect, because messages[0] is a system message; omit one of them`);
  const all = system === undefined ? messages : [{ role: "system", content: system }, ...messages];
  const template = templateFor(where, holder, options);
  const chat = plainMessages(where, all);
  const continued = continueFinalMessage === false ? undefined : continuing(where, chat, continueFinalMessage);
  const given = {
    ...specialTokens(holder.tokenizer),
    ...(plain(where, "variables", variables) as object),
    messages: chat,
    tools: plain(where, "tools", tools ?? null),
    documents: plain(where, "documents", documents ?? null),
    add_generation_prompt: addGenerationPrompt,
  };
  return async () => {
    const { render } = await loadLater("chat templates", () => import("./jinja/template"));
    const text = render(where, template, given);
    return continued ? continued(text) : text;
  };
}

function holderOf(where: string, source: unknown): TemplateHolder {
  if (source instanceof Tokenizer) return { tokenizer: source };
  expectLoaded(where, source);
  return { tokenizer: source.tokenizer, files: source.files ?? filesOf(source.model) };
}

const TAG = "CONTINUE_FINAL_MESSAGE_TAG";

/**
 * Marks the end of the last message, so that what the template writes after it can be removed.
 *
 * @throws RangeError if there is no text to continue
 */
function continuing(
  where: string,
  chat: readonly Record<string, unknown>[],
  field: true | string,
): (text: string) => string {
  const message = chat.at(-1)!;
  const name = field === true ? "content" : field;
  const value = message[name];
  const part = Array.isArray(value) ? value.findLast((one) => typeof one?.text === "string") : undefined;
  const final: unknown = part === undefined ? value : part.text;
  if (typeof final !== "string")
    throw new RangeError(`${where}: the last message has no text in "${name}", so continueFinalMessage has no effect`);
  // Reasoning has several names.
  const fields = Object.keys(message).filter((other) => other === name || isReasoning(name, other, message, final));
  if (part === undefined) for (const one of fields) message[one] = `${final}${TAG} `;
  else part.text = `${final}${TAG} `;
  return (text) => {
    const end = text.lastIndexOf(TAG);
    if (end < 0 || !text.includes(final.trim()))
      throw new RangeError(
        `${where}: the template does not write the last message as it is, so that it cannot be continued; omit continueFinalMessage`,
      );
    const kept = text.slice(0, end);
    return text.startsWith(`${TAG} `, end) ? kept : kept.trimEnd();
  };
}

const isReasoning = (name: string, other: string, message: Record<string, unknown>, final: string): boolean =>
  [name, other].every((one) => ["reasoning_content", "thinking", "reasoning"].includes(one)) &&
  message[other] === final;
