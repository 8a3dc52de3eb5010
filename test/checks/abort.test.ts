import { readdirSync, readFileSync } from "node:fs";
import { expect, it, vi } from "vitest";
import { openSource, writeDirectory } from "../../src/checkpoint";
import { fromPretrained, gpt2, pretrainedLoader, savePretrained } from "../../src/families";
import { type GenerateOptions, generate, generateStream } from "../../src/generation";
import { bert, encoderDecoder, gpt } from "../../src/models";
import {
  answer,
  chat,
  chatStream,
  classify,
  complete,
  embed,
  entities,
  fillMask,
  rank,
  stream,
  summarize,
  translate,
} from "../../src/tasks";
import { mean } from "../../src/tensor";
import { characterTokenizer, loadTokenizer } from "../../src/tokenizer";
import { adamW, train } from "../../src/training";
import { memory } from "../families/fixture";
import { loaded } from "../misuse/pretrained";

/** How many parts were asked for, and the one among them that never comes. */
const asking = vi.hoisted(() => {
  const never = () => new Promise<never>(() => {});
  const state = { asked: 0, silent: 0, met: () => {} };
  const asked =
    <Part>(load: () => Promise<Part>) =>
    (): Promise<Part> => {
      if (++state.asked !== state.silent) return load();
      state.met();
      return never();
    };
  return { state, asked };
});

vi.mock("../../src/later", async (original) => {
  const actual = await original<typeof import("../../src/later")>();
  const { asked } = asking;
  const laterOf: typeof actual.laterOf = (name, load) => {
    const later = actual.laterOf(name, load);
    return {
      get now() {
        return later.now;
      },
      load: asked(() => later.load()),
    };
  };
  return {
    ...actual,
    loadLater: (name, load) => actual.loadLater(name, asked(load)),
    laterOf,
    // As before a first model.
    laterWithModel: (name, load) => ({ now: undefined, load: laterOf(name, load).load }),
    loadWithModel: asked(actual.loadWithModel),
  } satisfies typeof actual;
});

const { state } = asking;
const text = "the bear";
const tokenizer = characterTokenizer([text]);
const sizes = { vocabSize: tokenizer.vocabSize, contextLength: 16, dModel: 4, heads: 2, layers: 1 };
const model = gpt(sizes, { seed: 1 });
const writer = { model, tokenizer };
const translator = { model: encoderDecoder({ ...sizes, startToken: 0 }, { seed: 1 }), tokenizer };
// Loaded before, so that calls ask only for parts of their own.
const [reader, classifier, embedder, marker, filler] = await Promise.all(
  ["bert-qa", "bert-sequence", "bert-base", "bert-token", "bert-masked-lm"].map(loaded),
);
const oneClass = { vocabSize: embedder!.tokenizer.vocabSize, contextLength: 16, dModel: 4, heads: 2, layers: 1 };
const ranker = {
  tokenizer: embedder!.tokenizer,
  model: bert({ ...oneClass, head: { kind: "sequenceClass", labels: 1 } }, { seed: 1 }),
  config: {},
};
const own: GenerateOptions = { maxNewTokens: 2, minP: 0.1, temperature: 1 };
const chatting = { ...own, template: "{{ messages[0].content }}" };
const messages = [{ role: "user", content: text }];
const stored = memory();
await savePretrained(writer, stored);
/** A directory without tokenizer.json. */
const vocabulary = new Map([["vocab.txt", new TextEncoder().encode("[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nthe\n")]]);

async function drained(pieces: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of pieces);
}

type Call = (signal: AbortSignal) => Promise<unknown>;

/** Calls of every function that takes a signal. */
const calls: Readonly<Record<string, readonly Call[]>> = {
  fromPretrained: [
    (signal) => fromPretrained(stored, { signal }),
    (signal) => fromPretrained("examples/models/fill", { signal, weights: "q8" }),
    (signal) =>
      fromPretrained({ read: async (file) => (file === "tokenizer.json" ? undefined : stored.read(file)) }, { signal }),
  ],
  pretrainedLoader: [(signal) => pretrainedLoader([gpt2])(stored, { signal })],
  savePretrained: [(signal) => savePretrained(writer, memory(), { signal })],
  loadTokenizer: [
    (signal) => loadTokenizer("examples/models/story", { signal }),
    (signal) => loadTokenizer("test/fixtures/tokenizer/gguf/gpt2.gguf", { signal }),
    (signal) => loadTokenizer({ read: async (file) => vocabulary.get(file) }, { signal }),
  ],
  openSource: [(signal) => openSource(stored, { signal })],
  writeDirectory: [(signal) => writeDirectory(memory(), new Map(), { signal })],
  generate: [
    (signal) => generate(model, [[1]], { ...own, signal }),
    (signal) => generate(model, [[1]], { maxNewTokens: 2, beams: 2, signal }),
  ],
  generateStream: [
    (signal) => drained(generateStream(model, [[1]], { maxNewTokens: 2, penaltyAlpha: 0.5, topK: 2, signal })),
    (signal) => drained(generateStream(model, [[1]], { maxNewTokens: 2, promptLookup: { tokens: 2 }, signal })),
  ],
  complete: [(signal) => complete(writer, text, { ...own, signal })],
  stream: [(signal) => drained(stream(writer, text, { ...own, signal }))],
  chat: [(signal) => chat(writer, messages, { ...chatting, signal })],
  chatStream: [(signal) => drained(chatStream(writer, messages, { ...chatting, signal }))],
  translate: [(signal) => translate(translator, text, { ...own, signal })],
  summarize: [(signal) => summarize(translator, text, { ...own, signal })],
  answer: [(signal) => answer(reader!, { question: text, context: text }, { signal })],
  classify: [(signal) => classify(classifier!, text, { signal })],
  embed: [(signal) => embed(embedder!, [text], { signal })],
  entities: [(signal) => entities(marker!, text, { signal })],
  fillMask: [(signal) => fillMask(filler!, "the [MASK]", { signal })],
  rank: [(signal) => rank(ranker, text, [text], { signal })],
  train: [
    (signal) =>
      train(model, {
        ...{ batches: [[[1]]], steps: 1, optimizer: adamW(model, { learningRate: 0 }), onStep: () => {} },
        ...{ loss: (ids: number[][]) => mean(model.forward(ids)), signal },
      }),
  ],
};

/** These ask for no part of the library, or ask for it elsewhere: in a worker, whose tests end it while it loads. */
const others = ["openSource", "writeDirectory", "inWorker", "answer", "embed", "entities", "fillMask", "rank"];

/** Runs a call in which one part never comes. @returns whether the call asked for that part */
async function ended(call: Call, silent: number): Promise<boolean> {
  const controller = new AbortController();
  const met = new Promise<boolean>((resolve) => {
    Object.assign(state, { asked: 0, silent, met: () => resolve(true) });
  });
  const running = call(controller.signal);
  if (!(await Promise.race([met, running.then(() => false)]))) return false;
  controller.abort("enough");
  await expect(Promise.race([running, later()]), `part ${silent}`).rejects.toBe("enough");
  return true;
}

const later = () => new Promise((resolve) => setTimeout(resolve, 1000, "it goes on"));

it.each(
  Object.entries(calls).flatMap(([name, some]) => some.map((call, i): [string, number, Call] => [name, i, call])),
)("%s (call %i) is ended by its signal, whatever part of the library does not come", async (name, _, call) => {
  let silent = 1;
  while (await ended(call, silent)) silent++;
  expect(silent > 1).toBe(!others.includes(name));
});

/** Functions whose types name a signal, themselves or through other types, by the reports of what the package exports. */
function takesSignal(): string[] {
  const api = new URL("../../api/", import.meta.url);
  const declared = readdirSync(api)
    .flatMap((file) => readFileSync(new URL(file, api), "utf8").split(/^(?=export )/m))
    .map((text) => /^export (?:interface|type|function|const) (\w+)(.*)/s.exec(text.split("\n// ")[0]!))
    .filter((found) => found !== null);
  const names = new Set<string>();
  for (let before = -1; before < names.size; ) {
    before = names.size;
    const types = [...names].filter((name) => /^[A-Z]/.test(name));
    const some = new RegExp(["signal\\?:", ...types.map((name) => `\\b${name}\\b`)].join("|"));
    for (const [, name, text] of declared) if (some.test(text!)) names.add(name!);
  }
  return [...names].filter((name) => /^[a-z]/.test(name)).sort();
}

it("these are all functions that take a signal", () => {
  expect([...Object.keys(calls), "inWorker"].sort()).toEqual(takesSignal());
});
