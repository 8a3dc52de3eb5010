import { describe, expect, it } from "vitest";
import { FormatError } from "../../src/errors";
import { fromPretrained } from "../../src/families";
import { generate } from "../../src/generation";
import { gpt } from "../../src/models";
import { type ChatMessage, chat, chatStream, chatTemplate, complete, type Loaded } from "../../src/tasks";
import { tokenizerFromJson } from "../../src/tokenizer";

/** Adds <s> before each text, as many models do. */
const words = ["<unk>", "<s>", "</s>", "user", "bot", ":", "hello", "you", "are", "kind", "bear"];
const json = {
  pre_tokenizer: { type: "Whitespace" },
  model: { type: "WordLevel", vocab: Object.fromEntries(words.map((word, id) => [word, id])), unk_token: "<unk>" },
  post_processor: {
    type: "TemplateProcessing",
    single: [{ SpecialToken: { id: "<s>", type_id: 0 } }, { Sequence: { id: "A", type_id: 0 } }],
    pair: [{ Sequence: { id: "A", type_id: 0 } }, { Sequence: { id: "B", type_id: 1 } }],
    special_tokens: { "<s>": { id: "<s>", ids: [1], tokens: ["<s>"] } },
  },
  added_tokens: words.slice(0, 3).map((content, id) => ({ id, content, special: true })),
};
const template =
  "{{ bos_token }}{% for m in messages %}{{ m.role }} : {{ m.content }} {% endfor %}{% if add_generation_prompt %}bot :{% endif %}";
const config = { bos_token: "<s>", eos_token: "</s>", chat_template: template };
const tokenizer = tokenizerFromJson(json, config);
const model = gpt({ vocabSize: words.length, contextLength: 48, dModel: 16, heads: 2, layers: 2 }, { seed: 3 });
const bot: Loaded = { model, tokenizer };
const hello: ChatMessage[] = [{ role: "user", content: "hello bear" }];
const withConfig = (config: Record<string, unknown>): Loaded => ({ model, tokenizer: tokenizerFromJson(json, config) });
const bytes = (text: string) => new TextEncoder().encode(text);

describe("chat", () => {
  const options = { maxNewTokens: 6, temperature: 1, seed: 4 };

  it("continues the prompt of the template, whose special tokens are not doubled", async () => {
    expect(await chatTemplate(bot, hello)).toBe("<s>user : hello bear bot :");
    const ids = [1, 3, 5, 6, 10, 4, 5];
    const { sequences } = await generate(model, [ids], options);
    const reply = tokenizer.decode(sequences[0]!).slice(tokenizer.decode(ids).length);
    expect(reply.length).toBeGreaterThan(5);
    expect(await chat(bot, hello, options)).toBe(reply);
    let streamed = "";
    for await (const piece of chatStream(bot, hello, options)) streamed += piece;
    expect(streamed).toBe(reply);
  });

  it("starts with the system message, and stops before a stop string", async () => {
    const whole = await chat(bot, [{ role: "system", content: "you are kind" }, ...hello], options);
    expect(await chat(bot, hello, { ...options, system: "you are kind" })).toBe(whole);
    const stop = whole.trim().split(" ")[1]!;
    const stopped = await chat(bot, hello, { ...options, system: "you are kind", stop: [stop] });
    expect(stopped).toBe(whole.slice(0, whole.indexOf(stop)));
  });

  it("continues the last message if it is asked to, and gives what is new", async () => {
    const begun: ChatMessage[] = [...hello, { role: "bot", content: "you are" }];
    const prompt = await chatTemplate(bot, begun, { continueFinalMessage: true });
    expect(prompt).toBe("<s>user : hello bear bot : you are");
    const expected = await complete(bot, prompt.slice("<s>".length), options);
    expect(await chat(bot, begun, { ...options, continueFinalMessage: true })).toBe(expected);
  });

  it("leaves the caller's messages as they are", async () => {
    const messages = [{ role: "user", content: [{ type: "text", text: "hello" }], thinking: "kind" }];
    const before = structuredClone(messages);
    const parts = "{{ messages[0].content[0].text }}";
    await chatTemplate(bot, messages, { template: parts, continueFinalMessage: true });
    expect(messages).toEqual(before);
  });
});

describe("the model's chat template", () => {
  const named = [
    { name: "default", template: "plain" },
    { name: "tool_use", template: "tools" },
    { name: "rag", template: "documents" },
  ];

  it("is the one with the asked name, or for tools, or the default", async () => {
    const many = withConfig({ chat_template: named });
    expect(await chatTemplate(many, hello)).toBe("plain");
    expect(await chatTemplate(many, hello, { tools: [] })).toBe("tools");
    expect(await chatTemplate(many, hello, { template: "rag" })).toBe("documents");
    await expect(chatTemplate(many, hello, { template: "rga" })).rejects.toThrow(
      'template "rga" is neither a Jinja template nor the name of one; its templates are "default", "tool_use", "rag"',
    );
    await expect(chatTemplate(withConfig({ chat_template: named.slice(2) }), hello)).rejects.toThrow(
      'pass template: "rag"',
    );
  });

  it.each([
    ["chat_template.jinja", bytes("from {{ 'jinja' }}"), "from jinja"],
    ["chat_template.json", bytes('{ "chat_template": "from json" }'), "from json"],
  ])("may be in %s", async (file, content, text) => {
    const alone = withConfig({});
    expect(await chatTemplate({ ...alone, files: new Map([[file, content]]) }, hello)).toBe(text);
  });

  it("is found in a directory, also from the tokenizer alone", async () => {
    const place = new URL("../../examples/models/story/", import.meta.url);
    const { readFile } = await import("node:fs/promises");
    const read = async (name: string) =>
      name === "chat_template.jinja"
        ? bytes("a {{ messages[0].content }}")
        : readFile(new URL(name, place)).catch(() => undefined);
    const loaded = await fromPretrained({ read });
    expect(await chatTemplate(loaded, hello)).toBe("a hello bear");
    expect(await chatTemplate(loaded.tokenizer, hello)).toBe("a hello bear");
  });

  it("says what to do if there is none", async () => {
    await expect(chat(withConfig({}), hello)).rejects.toThrow(
      "chat: the model has no chat template. A base model is not made for chats: use complete. Otherwise pass template",
    );
  });

  it.each([
    [7, "chat_template: found 7"],
    [[{ name: "default" }], "chat_template[0]: found"],
    [["{{ 1 }}"], "chat_template[0]: found"],
  ])("is refused if it is %j", async (chat_template, says) => {
    await expect(chatTemplate(withConfig({ chat_template }), hello)).rejects.toThrow(`tokenizer_config.json: ${says}`);
  });
});

describe("what goes wrong in a template is named with its line", () => {
  const failing = (template: string) => chatTemplate(bot, hello, { template });

  it.each([
    ["{{ 1 }}\n{% if %}", "line 2"],
    ["{{ 1 }}\n\n{% if x %}{{ 2 }}", "line 3: found the end of the template inside a block"],
    ["{% for x in y %}\n{{ x }}\n{% endif %}", "line 3"],
    ["a\n{{ 'open }}", "line 2"],
    ["a\n{# open", "line 2: found Missing end of comment"],
    ["{{ 'a\nb' }}\n{{ \"}}\" }}{{ {'a': {'b': 1}} }}\n{{ ? }}", "line 4"],
    ["{% generation %}\n{% endgeneration %}\n{% unknown %}", "line 3"],
  ])("%j is malformed", async (template, says) => {
    await expect(failing(template)).rejects.toThrow(FormatError);
    await expect(failing(template)).rejects.toThrow(`template: ${says}`);
  });

  it.each([
    ["a\n{{ messages[0].name.first }}", "line 2: found messages[0].name is undefined"],
    ["{# a\n#}{{ 'x' + messages }}", 'line 2: found "+" is not possible between a string and a list'],
    [
      "{{ 'a' }}\n\n{{ 'x' + messages[0].name }}",
      'line 3: found "+" is not possible because messages[0].name is undefined',
    ],
    ["{%- macro m() %}\n{{ nobody() }}{% endmacro %}\n{{ m() }}", "line 2: found nobody is undefined, not a function"],
    ["{{ messages|shout }}", 'line 1: found there is no filter "shout"'],
    ["{{ messages is loud }}", 'line 1: found there is no test "loud"'],
    ["{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", "line 1: found a call that never ends"],
    ["{% for i in range(100000000) %}{% endfor %}", "line 1: found range has 100000000 elements"],
    ["{% break %}", "line 1: found break and continue belong inside a loop"],
  ])("%j fails", async (template, says) => {
    await expect(failing(template)).rejects.toThrow(FormatError);
    await expect(failing(template)).rejects.toThrow(`template: ${says}`);
  });

  it("raise_exception gives the template's own message", async () => {
    const template = "{% for m in messages %}\n{{ raise_exception('no ' ~ m.role) }}{% endfor %}";
    await expect(failing(template)).rejects.toThrow(RangeError);
    await expect(failing(template)).rejects.toThrow("chatTemplate: the chat template (template, line 2) says: no user");
  });
});

describe("a message of the wrong form is named by its index", () => {
  const cyclic: Record<string, unknown> = { role: "user", content: "hello" };
  cyclic.self = cyclic;
  it.each([
    ["hello", "messages must be an array"],
    [[], "messages is empty"],
    [["hello"], 'messages[0] must be an object such as { role: "user", content: "Hello" }'],
    [[...hello, { content: "a" }], "messages[1].role must be a string"],
    [[...hello, { role: "", content: "a" }], "messages[1].role is empty"],
    [[{ role: "user", content: 7 }], "messages[0].content must be a string or an array of parts"],
    [[{ role: "user", content: [{ text: "a" }] }], "messages[0].content[0].type must be a string"],
    [[{ role: "user", content: ["a"] }], "messages[0].content[0] must be an object"],
    [[{ role: "user", content: [{ type: "text" }] }], "messages[0].content[0].text must be a string"],
    [[cyclic], "messages[0] is nested too deeply, or contains itself"],
  ])("%#", async (messages, says) => {
    await expect(chatTemplate(bot, messages as ChatMessage[])).rejects.toThrow(`chatTemplate: ${says}`);
    expect(() => chatStream(bot, messages as ChatMessage[])).toThrow(`chatStream: ${says}`);
  });

  it("options that contradict each other are refused", async () => {
    const both = { addGenerationPrompt: true, continueFinalMessage: true };
    await expect(chatTemplate(bot, hello, both)).rejects.toThrow("so continueFinalMessage has no effect");
    const systems: ChatMessage[] = [{ role: "system", content: "a" }];
    await expect(chatTemplate(bot, systems, { system: "b" })).rejects.toThrow("system has no effect");
    const variables = { messages: [] };
    await expect(chatTemplate(bot, hello, { variables })).rejects.toThrow("variables.messages has no effect");
    await expect(chat(bot, hello, { sequences: 2 } as object)).rejects.toThrow(/sequences/);
    await expect(chat(bot, hello, { mask: [[1]] })).rejects.toThrow("mask has no effect");
  });
});
