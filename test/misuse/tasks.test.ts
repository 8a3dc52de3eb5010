import { bert, encoderDecoder, gpt } from "transformer-blocks";
import * as tasks from "transformer-blocks/tasks";
import { afterAll } from "vitest";
import { onEach } from "../seam/same";
import { builtWithWorker } from "../tasks/built-worker";
import { testEntry } from "./entry";
import type { Accepted, RightCall } from "./misuse";
import { loaded } from "./pretrained";
import { boolean, callback, generating, generatingAccepts, left, optional, options } from "./values";

const { worker, remove } = await builtWithWorker();
afterAll(remove);
const masked = await onEach(() => loaded("bert-masked-lm"));
const classifier = await onEach(() => loaded("bert-sequence"));
const reader = await onEach(() => loaded("bert-qa"));
const tagger = await onEach(() => loaded("bert-token"));
const encoder = await onEach(() => loaded("bert-base"));
const { tokenizer } = masked();
const sizes = { vocabSize: tokenizer.vocabSize, contextLength: 16, dModel: 4, heads: 2, layers: 1 };
const own = (model: object) => Object.create({ model, tokenizer, config: {} });
const writer = await onEach(() => own(gpt(sizes, { seed: 1 })));
const translator = await onEach(() => own(encoderDecoder({ ...sizes, startToken: 0 }, { seed: 1 })));
const ranker = await onEach(() => own(bert({ ...sizes, head: { kind: "sequenceClass", labels: 1 } }, { seed: 1 })));
const text = "the old bear";
const { signal } = new AbortController();

/** The mask of a task's generate is that of its text, and a text comes without scores. */
const generation = () => ({
  ...generating(),
  mask: undefined,
  outputScores: false,
  outputLogits: false,
  processors: [],
});
const generationAccepts = { ...generatingAccepts(2), "2.outputScores": left, "2.outputLogits": left };
const writing: RightCall = {
  args: () => [writer(), text, { ...generation(), stop: ["x"] }],
  says: /^(complete|stream|generate): /,
  accepts: {
    1: ["string"],
    ...generationAccepts,
    2: options,
    "2.stop": ["undefined", "array", "strings"],
    "2.stop[0]": ["string"],
  },
};

/** What a stream meets only while it is read: with so many tokens, none is left to choose. */
const late = ["2.constraint", "2.maxNewTokens"];

const translating = () => ({ ...generation(), stop: ["x"], truncation: false });

/** A chat with every option of templates. Messages, tools, documents and variables are data. */
const template = "{% for message in messages %}{{ message.content }}{% endfor %}";
const messages = () => [{ role: "user", content: text }];
const templating = () => ({
  ...{ system: "the", tools: [{ name: "find" }], documents: [{ text }], template },
  ...{ addGenerationPrompt: true, continueFinalMessage: false, variables: { thinking: false } },
});
const anything = Object.fromEntries(
  ["tools[0].name", "documents[0].text", "variables.thinking"].map((at) => [at, "any"]),
);
const templatingAccepts: Accepted = {
  ...{ 1: [], "1[0].role": ["string"], "1[0].content": ["undefined", "null", "string", "array"], 2: options },
  ...optional(2, {
    ...anything,
    ...{ system: ["undefined", "string"], tools: ["undefined", "array"], documents: ["undefined", "array"] },
    ...{ "tools[0]": ["object"], "documents[0]": ["object"], variables: ["undefined", "object"] },
    ...{ template: left, addGenerationPrompt: boolean, continueFinalMessage: left },
  }),
};
const records = ["1[0]", "2.tools[0]", "2.documents[0]", "2.variables"];
const chatting: RightCall = {
  args: () => [writer(), messages(), { ...generation(), stop: ["x"], ...templating() }],
  says: /^(chat|chatStream|generate): /,
  accepts: { ...writing.accepts, ...templatingAccepts },
  records,
};

testEntry("transformer-blocks/tasks", tasks, {
  functions: {
    complete: writing,
    stream: { ...writing, late },
    chat: chatting,
    chatStream: { ...chatting, late },
    chatTemplate: {
      args: () => [writer(), messages(), templating()],
      accepts: templatingAccepts,
      records,
    },
    translate: {
      args: () => [translator(), text, { ...translating(), source: undefined, target: undefined }],
      says: /^(translate|generate): /,
      accepts: { ...writing.accepts, "2.source": left, "2.target": left, "2.truncation": boolean },
    },
    summarize: {
      args: () => [translator(), text, translating()],
      says: /^(summarize|generate): /,
      accepts: { ...writing.accepts, "2.truncation": boolean },
    },
    inWorker: {
      args: () => [
        "examples/models/story",
        {
          ...{ weights: undefined, activations: undefined, head: undefined, url: worker },
          ...{ onProgress: () => {}, signal: new AbortController().signal },
        },
      ],
      says: /^(inWorker|wrong): /,
      accepts: {
        ...{ 0: ["string"], 1: options },
        ...optional(1, { weights: left, activations: left, head: left, onProgress: callback, signal: left }),
        "1.url": ["undefined", "string"],
      },
    },
    fillMask: {
      args: () => [masked(), "the old [MASK]", { top: 2, targets: ["bear"], signal }],
      accepts: { 2: options, "2.top": ["undefined", "vast"], "2.targets": ["undefined", "array"], "2.signal": left },
    },
    classify: [
      {
        title: "classify of a text",
        args: () => [classifier(), text, { top: 2, truncation: true, signal }],
        accepts: {
          1: ["string", "array"],
          2: options,
          "2.top": ["undefined", "vast"],
          "2.truncation": boolean,
          "2.signal": left,
        },
      },
      {
        title: "classify of many texts",
        args: () => [classifier(), [{ text, pair: text }], { top: 2, truncation: true, signal }],
        accepts: {
          ...{
            1: ["string", "array"],
            2: options,
            "2.top": ["undefined", "vast"],
            "2.truncation": boolean,
            "2.signal": left,
          },
          ...optional("1[0]", { pair: ["undefined", "string"], text: ["string"] }),
        },
      },
      {
        title: "classify of two texts",
        args: () => [classifier(), [text, text], { top: 2, truncation: true, signal }],
        accepts: {
          ...{ 1: ["string", "array"], "1[0]": ["string"], 2: options },
          ...{ "2.top": ["undefined", "vast"], "2.truncation": boolean, "2.signal": left },
        },
      },
    ],
    answer: {
      args: () => [reader(), { question: text, context: text }, { stride: 2, longest: 3, optional: true, signal }],
      accepts: {
        ...optional(1, { question: ["string"], context: ["string"] }),
        2: options,
        ...optional(2, {
          stride: ["undefined", "vast"],
          longest: ["undefined", "vast"],
          optional: boolean,
          signal: left,
        }),
      },
    },
    entities: {
      args: () => [tagger(), text, { stride: 2, aggregation: "first", ignore: ["O"], signal }],
      accepts: {
        ...{ 1: ["string"], 2: options },
        ...optional(2, { stride: ["undefined", "vast"], aggregation: left, ignore: ["undefined", "array", "strings"] }),
        "2.ignore[0]": ["string"],
        "2.signal": left,
      },
    },
    embed: {
      args: () => [
        encoder(),
        [text],
        {
          ...{ pooling: "mean", normalize: true, prompt: "the " },
          promptName: undefined,
          ...{ dimensions: 2, truncation: true, signal },
        },
      ],
      accepts: {
        ...{ 1: ["strings", "array"], "1[0]": ["string"], 2: options },
        ...optional(2, { pooling: left, normalize: boolean, prompt: ["undefined", "string"], promptName: left }),
        ...optional(2, { dimensions: ["undefined"], truncation: boolean, signal: left }),
      },
    },
    rank: {
      args: () => [ranker(), text, [text], { top: 2, truncation: false, stride: 1, signal }],
      accepts: {
        ...{ 1: ["string"], 2: ["strings", "array"], "2[0]": ["string"], 3: options },
        ...optional(3, { top: ["undefined", "vast"], truncation: ["undefined"], stride: ["undefined", "vast"] }),
        "3.signal": left,
      },
    },
  },
  classes: { WorkerError: { construct: "as any Error", on: () => new tasks.WorkerError(""), methods: {} } },
  objects: {},
});
