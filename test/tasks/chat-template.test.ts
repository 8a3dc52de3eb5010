import { readdirSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { type ChatMessage, chatTemplate, type TemplateOptions } from "../../src/tasks";
import { tokenizerFromJson } from "../../src/tokenizer";

interface Conversation {
  messages: ChatMessage[];
  tools?: object[];
  documents?: object[];
  variables?: Record<string, unknown>;
  add_generation_prompt?: boolean;
  continue_final_message?: boolean;
}
type Expected = string | { line: number | null; says: string | null };

const folder = new URL("../fixtures/tasks/", import.meta.url);
const read = (file: string) => readFileSync(new URL(file, folder), "utf8");
const { conversations, texts } = JSON.parse(read("chat.json")) as {
  conversations: Conversation[];
  texts: Record<string, Expected[]>;
};
const config = { bos_token: "<s>", eos_token: { content: "</s>", special: true }, unk_token: "<unk>" };
const words = { type: "WordLevel", vocab: { "<unk>": 0, "<s>": 1, "</s>": 2 }, unk_token: "<unk>" };
const tokenizer = tokenizerFromJson({ model: words }, config);

const optionsOf = ({ add_generation_prompt, continue_final_message, messages: _, ...rest }: Conversation) => ({
  ...rest,
  addGenerationPrompt: add_generation_prompt ?? false,
  continueFinalMessage: continue_final_message ?? false,
});

const rendered = (template: string, conversation: Conversation, more: TemplateOptions = {}) =>
  chatTemplate(tokenizer, conversation.messages, { ...optionsOf(conversation), template, ...more });

describe("chatTemplate gives the text, or fails at the line, of Python's transformers", () => {
  beforeAll(() => void vi.useFakeTimers({ now: new Date(2026, 1, 3, 4, 5, 6), toFake: ["Date"] }));
  afterAll(() => void vi.useRealTimers());

  it("for thirty templates", () => {
    expect(Object.keys(texts)).toEqual(
      readdirSync(new URL("chat-templates", folder))
        .map((file) => file.slice(0, -6))
        .sort(),
    );
    expect(Object.keys(texts)).toHaveLength(30);
  });

  it.each(Object.keys(texts))("%s", async (name) => {
    const template = read(`chat-templates/${name}.jinja`);
    for (const [i, conversation] of conversations.entries()) {
      const expected = texts[name]![i]!;
      if (typeof expected === "string") {
        expect(await rendered(template, conversation), `conversation ${i}`).toBe(expected);
        continue;
      }
      const { line, says } = expected;
      const failing = rendered(template, conversation);
      if (line !== null) await expect(failing, `conversation ${i}`).rejects.toThrow(`line ${line}`);
      await expect(failing, `conversation ${i}`).rejects.toThrow(says ?? /chat template|continue/);
    }
  });
});

describe("a template beyond the limits of an engine is refused with its line, in our words", () => {
  const messages = [{ role: "user", content: "a" }];

  it.each([
    ["parentheses", `\n{{ ${"(".repeat(50_000)}1${")".repeat(50_000)} }}`, "parts that are nested too deeply"],
    ["blocks", "{% if true %}".repeat(20_000) + "{% endif %}".repeat(20_000), "parts that are nested too deeply"],
    ["a macro that calls itself", "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}", "a call that never ends"],
    ["a text", "{{ 'a' * 10000000000 }}", "a text or a list that is too long"],
    [
      "a text that doubles",
      "{% set ns = namespace(s='a') %}{% for i in range(60) %}{% set ns.s = ns.s + ns.s %}{% endfor %}{{ ns.s }}",
      "a text or a list that is too long",
    ],
    ["a range", "{% for i in range(1000000000) %}a{% endfor %}", "range has 1000000000 elements"],
  ])("%s", async (_, template, found) => {
    await expect(chatTemplate(tokenizer, messages, { template })).rejects.toThrow(
      new RegExp(`^template: line \\d: found ${found}, expected a`),
    );
  });
});
