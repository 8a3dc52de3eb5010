import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { KeyValueCache } from "../../src/blocks";
import { fromPretrained } from "../../src/families";
import * as generation from "../../src/generation";
import * as tasks from "../../src/tasks";
import { builtWithWorker } from "./built-worker";

const { library, remove } = await builtWithWorker();
const modelIn = (name: string) => fileURLToPath(new URL(`../../examples/models/${name}`, import.meta.url));
const story = await library.inWorker(modelIn("story"));
const begin = "Once upon a time";
afterAll(async () => {
  await story.close();
  remove();
});

/** A worker that loads, and does this with the first task. */
const ownWorker = (then: string) =>
  `data:text/javascript,${encodeURIComponent(`
    import { parentPort } from "node:worker_threads";
    parentPort.on("message", ({ id, load }) => {
      if (load) parentPort.postMessage({ id, value: {} });
      else { ${then} }
    });`)}`;

describe("a model in a worker", () => {
  it("takes every task, with the results of this thread", async () => {
    const here = await fromPretrained(modelIn("story"));
    expect(story.config).toEqual(here.config);
    const options = { maxNewTokens: 12, temperature: 0.9, seed: 3 };
    expect(await library.complete(story, begin, options)).toBe(await tasks.complete(here, begin, options));
    const template = "{{ messages[0].content }}";
    const messages = [{ role: "user", content: begin }];
    expect(await library.chatTemplate(story, messages, { template })).toBe(begin);
    const reply = await tasks.chat(here, messages, { ...options, template });
    expect(await library.chat(story, messages, { ...options, template })).toBe(reply);
    let streamed = "";
    for await (const piece of library.chatStream(story, messages, { ...options, template })) streamed += piece;
    expect(streamed).toBe(reply);
    const { signal } = new AbortController();
    expect(await library.embed(story, [begin], { signal })).toEqual(await tasks.embed(here, [begin]));
  });

  it("fills and translates, in workers of their own", async () => {
    const fill = await library.inWorker(new URL("../../examples/models/fill/", import.meta.url), { weights: "q8" });
    const [first] = await library.fillMask(fill, "The boat sailed on the [MASK].");
    expect(first?.token).toBe("sea");
    await fill.close();
    const progress: string[] = [];
    const onProgress = ({ file }: { file: string }) => void progress.push(file);
    const translator = await library.inWorker(modelIn("translate"), { onProgress });
    const text = "The girl thanks the old bear.";
    expect(await library.translate(translator, text)).toBe("Das Mädchen dankt dem alten Bären.");
    expect(progress).toContain("model.safetensors");
    await translator.close();
  });

  it("streams pieces as they are asked for, and stops when the loop is left", async () => {
    const options = { maxNewTokens: 30, endTokens: [] };
    const whole = await library.complete(story, begin, options);
    const pieces: string[] = [];
    for await (const piece of library.stream(story, begin, options)) {
      pieces.push(piece);
      if (pieces.length === 3) break;
    }
    expect(pieces).toHaveLength(3);
    expect(whole.startsWith(pieces.join(""))).toBe(true);
  });

  it("tells of each token", async () => {
    const ids: number[] = [];
    await library.complete(story, begin, { maxNewTokens: 4, onToken: ({ id }) => void ids.push(id) });
    expect(ids).toHaveLength(4);
    const failing = {
      maxNewTokens: 4,
      onToken: () => {
        throw new Error("mine");
      },
    };
    await expect(library.complete(story, begin, failing)).rejects.toThrow("mine");
  });

  it("is cancelled by a signal, with its reason, and goes on with other tasks", async () => {
    const controller = new AbortController();
    const endless = { maxNewTokens: 150, endTokens: [], signal: controller.signal };
    const writing = library.complete(story, begin, {
      ...endless,
      onToken: () => controller.abort(new Error("enough")),
    });
    await expect(writing).rejects.toThrow("enough");
    await expect(library.complete(story, begin, endless)).rejects.toThrow("enough");
    const streaming = library.stream(story, begin, endless);
    await expect(streaming.next()).rejects.toThrow("enough");
    expect(await library.complete(story, begin, { maxNewTokens: 1 })).not.toBe("");
  });

  it("says what is wrong as this thread does", async () => {
    const wrong = { maxNewTokns: 1 } as object;
    await expect(library.complete(story, begin, wrong)).rejects.toThrow(TypeError);
    await expect(library.complete(story, begin, wrong)).rejects.toThrow('did you mean "maxNewTokens"?');
    await expect(library.complete(story, begin, { topK: 0 })).rejects.toThrow(RangeError);
    await expect(library.translate(story, begin)).rejects.toThrow("use an encoder-decoder");
    const template = "{{ a.b }}";
    const failing = library.chatTemplate(story, [{ role: "user", content: "a" }], { template });
    await expect(failing).rejects.toThrow("template: line 1: found a is undefined");
    await expect(failing).rejects.toMatchObject({ name: "FormatError", problem: { at: "line 1" } });
  });

  it("holds texts to every kind of constraint, as this thread does", async () => {
    const here = await fromPretrained(modelIn("story"));
    const schema = { type: "object", properties: { a: { enum: [1, 2] }, b: { type: "boolean" } }, required: ["a"] };
    const constraints = {
      regex: (from: typeof generation) => from.regex("[a-z]{3}\\d"),
      flags: (from: typeof generation) => from.regex(/(?:a.|b)c/su),
      choices: (from: typeof generation) => from.choices(["yes", "no", "naïve"]),
      grammar: (from: typeof generation) => from.grammar('root ::= "[" [0-9]+ "]"'),
      schema: (from: typeof generation) => from.jsonSchema(schema),
      tight: (from: typeof generation) => from.jsonSchema(schema, undefined, { whitespace: "none" }),
      loose: (from: typeof generation) =>
        from.jsonSchema({ type: "boolean", title: "a" }, undefined, { strict: false }),
      bound: (from: typeof generation) => from.regex("yes|no", here.tokenizer),
    } satisfies Record<string, (from: typeof generation) => generation.TextConstraint>;
    for (const [name, make] of Object.entries(constraints)) {
      const options = { maxNewTokens: 40, seed: 4 };
      const expected = await tasks.complete(here, begin, { ...options, constraint: make(generation) });
      const constraint = make(library as unknown as typeof generation);
      expect(await library.complete(story, begin, { ...options, constraint }), name).toBe(expected);
    }
    const held = reactive(library.choices(["sea", "river"]));
    expect(["sea", "river"]).toContain(await library.complete(story, begin, { constraint: held }));
    const wrong = { constraint: library.regex("a") } as object;
    await expect(library.embed(story, [begin], wrong)).rejects.toThrow('embed: there is no option "constraint"');
  });

  it.each([
    [{ constraint: () => [1] }, "complete: constraint is a function, which cannot go to a worker"],
    [{ processors: [() => new Float32Array()] }, "complete: processors[0] is a function, which cannot go to a worker"],
    [{ cache: new KeyValueCache({ capacity: 8 }) }, "complete: cache is an instance of KeyValueCache, which cannot"],
  ])("refuses what cannot go to a worker: %#", async (options, says) => {
    await expect(library.complete(story, begin, options as object)).rejects.toThrow(says);
  });
});

/** As frameworks for pages give the state of a component: a proxy, and proxies for all that is in it. */
const reactive = <Value extends object>(value: Value): Value =>
  new Proxy(value, {
    get: (target, name, own) => {
      const inner: unknown = Reflect.get(target, name, own);
      return typeof inner === "object" && inner !== null ? reactive(inner) : inner;
    },
  });

it("messages and options that are proxies go to a worker as what they stand for", async () => {
  const messages = [{ role: "user", content: begin }];
  const options = { template: "{{ messages[0].content }}", stop: ["."], maxNewTokens: 5, variables: { a: [{ b: 1 }] } };
  const reply = await library.chat(story, messages, options);
  expect(await library.chat(story, reactive(messages), reactive(options))).toBe(reply);
  expect(await library.embed(story, reactive([begin]))).toEqual(await library.embed(story, [begin]));
});

describe("a worker that ends", () => {
  const load = (then: string) => library.inWorker(modelIn("story"), { url: ownWorker(then) });

  it.each([
    ["by itself", "process.exit(3)", "inWorker: the worker ended: it exited with code 3"],
    ["by an error", "throw new Error('broken')", "inWorker: the worker ended: broken"],
  ])("%s rejects what is pending, and what comes later, with a WorkerError", async (_, then, says) => {
    const dying = await load(then);
    const pending = [library.complete(dying, "a"), library.classify(dying, "a"), library.stream(dying, "a").next()];
    for (const one of await Promise.allSettled(pending)) {
      expect(one).toMatchObject({ status: "rejected", reason: { name: "WorkerError" } });
      expect(String(Reflect.get(one, "reason"))).toContain(says);
    }
    await expect(library.complete(dying, "a")).rejects.toThrow(library.WorkerError);
  });

  it("because it is closed does the same", async () => {
    const closing = await load("");
    const pending = library.complete(closing, "a");
    const rejected = expect(pending).rejects.toThrow("inWorker: the worker was closed");
    await closing.close();
    await rejected;
    await expect(library.complete(closing, "a")).rejects.toThrow(library.WorkerError);
  });

  it("before it starts is said, with the place of its code", async () => {
    const url = new URL("nowhere.js", import.meta.url);
    await expect(library.inWorker(modelIn("story"), { url })).rejects.toThrow(
      /inWorker: the worker ended.*nowhere\.js/,
    );
  });

  it("a directory without a model is said as fromPretrained does, and loading can be aborted", async () => {
    await expect(library.inWorker(modelIn("nothing"))).rejects.toThrow("config.json: found no such file");
    const signal = AbortSignal.abort(new Error("no more"));
    await expect(library.inWorker(modelIn("story"), { signal })).rejects.toThrow("no more");
    const controller = new AbortController();
    const loading = library.inWorker(modelIn("story"), { signal: controller.signal });
    controller.abort(new Error("too slow"));
    await expect(loading).rejects.toThrow("too slow");
  });

  it("a source that cannot go to a worker is refused", async () => {
    const source: unknown = { read: async () => undefined };
    await expect(library.inWorker(source as string)).rejects.toThrow("inWorker: source must be a path or a URL");
  });
});
