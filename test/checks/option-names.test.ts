import {
  answer,
  bert,
  chatTemplate,
  classify,
  complete,
  embed,
  encoderDecoder,
  entities,
  fillMask,
  generate,
  gpt,
  translate,
} from "transformer-blocks";
import { characterTokenizer } from "transformer-blocks/tokenizer";
import { describe, expect, it } from "vitest";
import names from "../fixtures/generation/option-names.json" with { type: "json" };

const sizes = { vocabSize: 8, contextLength: 8, dModel: 4, heads: 2, layers: 1 };
const model = gpt(sizes, { seed: 1 });
const tokenizer = characterTokenizer(["abc"], { specialTokens: ["<pad>", "[MASK]"] });
type Head = NonNullable<Parameters<typeof bert>[0]["head"]>;
const encoder = (head: Head) => ({ model: bert({ ...sizes, head }, { seed: 1 }), tokenizer });
const translator = { model: encoderDecoder(sizes, { seed: 1 }), tokenizer };
const asked = { question: "a", context: "b" };

type Call = (option: object) => unknown;
const calls = {
  generate: (option) => generate(model, [[1]], option),
  complete: (option) => complete({ model, tokenizer }, "a", option),
  chatTemplate: (option) => chatTemplate({ model, tokenizer }, [{ role: "user", content: "a" }], option),
  classify: (option) => classify(encoder({ kind: "sequenceClass", labels: 2 }), "a", option),
  entities: (option) => entities(encoder({ kind: "tokenClass", labels: 2 }), "a", option),
  fillMask: (option) => fillMask(encoder({ kind: "maskedLanguageModel" }), "[MASK]", option),
  embed: (option) => embed(encoder({ kind: "maskedLanguageModel" }), ["a"], option),
  answer: (option) => answer(encoder({ kind: "questionAnswering" }), asked, option),
  translate: (option) => translate(translator, "a", option),
} satisfies Record<string, Call>;

const camel = (name: string): string => name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());

const messageOf = async (call: () => unknown): Promise<string> => {
  try {
    await call();
  } catch (error) {
    return (error as Error).message;
  }
  return "no error";
};

/** Names of pipelines and functions that transformers 5 no longer has, and of other libraries. */
const others = {
  generate:
    "logit_bias repeat_penalty n_predict mirostat_tau dry_multiplier xtc_threshold top_logprobs n_probs best_of",
  complete: "guided_json guided_regex guided_choice guided_grammar response_format stop_words callback_function tools",
  chatTemplate: "chat_template_kwargs enable_thinking template_kwargs",
  classify: "return_all_scores multi_label",
  entities: "grouped_entities",
  fillMask: "topk",
  embed: "normalize_embeddings truncate_dim batch_size prompt_name show_progress_bar convert_to_numpy precision",
  answer: "align_to_words max_answer_length handle_impossible_answer doc_stride topk",
  translate: "src_lang tgt_lang num_beams max_length truncation_side",
} satisfies Record<keyof typeof calls, string>;

describe("a user of transformers who types a name from there is told what to write here", () => {
  it.each(Object.keys(calls) as (keyof typeof calls)[])("%s", async (name) => {
    // Pipelines that write pass on all options of generate().
    const published: readonly string[] = [
      ...(name in names ? names[name as keyof typeof names] : []),
      ...(name === "complete" || name === "translate" ? names.generate : []),
      ...others[name].split(" "),
    ];
    const typed = [...new Set(published.flatMap((theirs) => [theirs, camel(theirs)]))];
    const messages = await Promise.all(
      typed.map(async (theirs) => [theirs, await messageOf(() => calls[name]({ [theirs]: null }))] as const),
    );
    const unhelpful = messages.filter(([, message]) => /; the options are|no error|not a function/.test(message));
    expect(unhelpful).toEqual([]);
  });

  it.each<[keyof typeof calls, string, RegExp]>([
    ["generate", "max_time", /did you mean "maxTime"/],
    ["generate", "logits_processor", /did you mean "processors"/],
    ["generate", "prefix_allowed_tokens_fn", /constraint: \(ids\) => allowed/],
    ["generate", "guidance_scale", /did you mean "guidance"/],
    ["generate", "negative_prompt_ids", /guidance: \{ scale, negativePrompt \}/],
    ["generate", "pad_token_id", /rows may differ in length/],
    ["generate", "output_attentions", /transformer-blocks\/inspect/],
    ["generate", "tools", /chat takes it/],
    ["complete", "stop_strings", /did you mean "stop"/],
    ["complete", "response_format", /constraint: jsonSchema\(schema\)/],
    ["chatTemplate", "enable_thinking", /variables: \{ name: value \}/],
    ["translate", "src_lang", /did you mean "source"/],
    ["translate", "tgt_lang", /did you mean "target"/],
    ["answer", "max_answer_len", /did you mean "longest"/],
    ["classify", "function_to_apply", /problem_type/],
  ])("%s: %s", async (name, theirs, hint) => {
    expect(await messageOf(() => calls[name]({ [theirs]: 1 }))).toMatch(hint);
  });
});
