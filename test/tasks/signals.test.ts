import { describe, expect, it } from "vitest";
import { bert, encoderDecoder, gpt } from "../../src/models";
import type { Loaded } from "../../src/tasks";
import * as tasks from "../../src/tasks";
import type { TaskName } from "../../src/tasks/worker/remote";
import { loaded } from "../misuse/pretrained";

type Options = { signal: AbortSignal };

/** A task with more work than one batch, or one new token. */
interface Case {
  model: () => Promise<Loaded>;
  call: (model: Loaded, options: Options) => Promise<unknown>;
  /** How many times its model runs, if it is more than once. */
  passes?: number;
}

const { tokenizer } = await loaded("bert-base");
const sizes = { vocabSize: tokenizer.vocabSize, contextLength: 64, dModel: 4, heads: 2, layers: 1 };
const own = async (model: object) => ({ model, tokenizer, config: {} }) as unknown as Loaded;
const writer = () => own(gpt(sizes, { seed: 1 }));
const translator = () => own(encoderDecoder({ ...sizes, startToken: 0 }, { seed: 1 }));
const ranker = () => own(bert({ ...sizes, head: { kind: "sequenceClass", labels: 1 } }, { seed: 1 }));
const text = "the old bear";
const long = `${text} `.repeat(1000);
const many = Array.from({ length: 1000 }, () => text);
const writing = { maxNewTokens: 5, endTokens: [] };
const messages = [{ role: "user", content: text }];
const template = "{{ messages[0].content }}";

async function read(stream: AsyncIterable<string>): Promise<string> {
  let whole = "";
  for await (const piece of stream) whole += piece;
  return whole;
}

/** All tasks that run a model. */
const cases: { readonly [Name in Exclude<TaskName, "chatTemplate">]: Case } = {
  answer: {
    model: () => loaded("bert-qa"),
    call: (model, options) => tasks.answer(model, { question: text, context: long }, options),
  },
  chat: {
    model: writer,
    call: (model, options) => tasks.chat(model, messages, { ...writing, template, ...options }),
  },
  chatStream: {
    model: writer,
    call: (model, options) => read(tasks.chatStream(model, messages, { ...writing, template, ...options })),
  },
  classify: {
    model: () => loaded("bert-sequence"),
    call: (model, options) =>
      tasks.classify(
        model,
        many.map((one) => ({ text: one })),
        options,
      ),
  },
  complete: { model: writer, call: (model, options) => tasks.complete(model, text, { ...writing, ...options }) },
  embed: { model: () => loaded("bert-base"), call: (model, options) => tasks.embed(model, many, options) },
  entities: { model: () => loaded("bert-token"), call: (model, options) => tasks.entities(model, long, options) },
  fillMask: {
    model: () => loaded("bert-masked-lm"),
    call: (model, options) => tasks.fillMask(model, "the old [MASK]", options),
    passes: 1,
  },
  rank: { model: ranker, call: (model, options) => tasks.rank(model, text, many, options) },
  stream: { model: writer, call: (model, options) => read(tasks.stream(model, text, { ...writing, ...options })) },
  summarize: { model: translator, call: (model, options) => tasks.summarize(model, text, { ...writing, ...options }) },
  translate: { model: translator, call: (model, options) => tasks.translate(model, text, { ...writing, ...options }) },
};

/** Calls back at each pass of the model. */
function atEachPass(model: Loaded, callback: () => void): void {
  const outer = model.model as unknown as { decoder?: object };
  const target = (outer.decoder ?? outer) as { hidden: (...args: unknown[]) => unknown };
  const { hidden } = target;
  target.hidden = (...args) => {
    callback();
    return hidden.apply(target, args);
  };
}

describe.each(Object.entries(cases))("the signal of %s", (_, { model, call, passes }) => {
  it("rejects with its reason before the model runs, if it is aborted already", async () => {
    const reason = new Error("nobody waits");
    const given = await model();
    let count = 0;
    atEachPass(given, () => count++);
    await expect(call(given, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect(count).toBe(0);
  });

  it("ends the work after the pass in which it is aborted, and the model works on", async () => {
    const stop = new AbortController();
    const reason = new Error("nobody waits any more");
    const given = await model();
    let count = 0;
    let stops = false;
    atEachPass(given, () => {
      count++;
      if (stops) stop.abort(reason);
    });
    const whole = await call(given, { signal: new AbortController().signal });
    if (passes) expect(count).toBe(passes);
    else expect(count).toBeGreaterThan(1);
    count = 0;
    stops = true;
    await expect(call(given, { signal: stop.signal })).rejects.toBe(reason);
    expect(count).toBe(1);
    stops = false;
    expect(await call(given, { signal: new AbortController().signal })).toEqual(whole);
  });

  it("must be a signal", async () => {
    const given = await model();
    const wrong = { aborted: false } as unknown as AbortSignal;
    await expect((async () => call(given, { signal: wrong }))()).rejects.toThrow(/signal must be an AbortSignal/);
  });
});

describe.each(Object.entries(cases).filter(([, { passes }]) => passes !== 1))(
  "the signal of %s",
  (_, { model, call }) => {
    it("is heard by a timer, because the event loop runs between passes", async () => {
      const stop = new AbortController();
      const given = await model();
      let count = 0;
      atEachPass(given, () => {
        if (count++ === 0) setTimeout(() => stop.abort(new Error("late")));
        const end = performance.now() + 10;
        while (performance.now() < end);
      });
      await expect(call(given, { signal: stop.signal })).rejects.toThrow("late");
      expect(count).toBeLessThan(4);
    });
  },
);
