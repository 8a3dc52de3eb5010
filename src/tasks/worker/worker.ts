/** Runs in the worker: the package's dist/worker.js. */

import { builtin } from "../../builtin";
import { fromPretrained, type Pretrained } from "../../families";
import { constraintOf } from "../../generation/internal";
import { type LaterParts, loadLater } from "../../later";
import { type Reply, type Request, sent, type Task } from "./messages";
import type { TaskName } from "./remote";

type Post = (reply: Reply) => void;

type Run = (...args: readonly unknown[]) => unknown;

/** Each task is loaded when it is first asked for. */
const tasks: LaterParts<unknown, TaskName> = {
  answer: async () => (await import("../answer")).answer,
  chat: async () => (await import("../chat")).chat,
  chatStream: async () => (await import("../chat")).chatStream,
  chatTemplate: async () => (await import("../chat-template")).chatTemplate,
  classify: async () => (await import("../classify")).classify,
  complete: async () => (await import("../complete")).complete,
  embed: async () => (await import("../embed")).embed,
  entities: async () => (await import("../entities")).entities,
  fillMask: async () => (await import("../fill-mask")).fillMask,
  rank: async () => (await import("../rank")).rank,
  stream: async () => (await import("../complete")).stream,
  summarize: async () => (await import("../summarize")).summarize,
  translate: async () => (await import("../translate")).translate,
};

let pretrained: Pretrained | undefined;
const running = new Map<number, AbortController>();
const streams = new Map<number, AsyncGenerator<string>>();

async function answerTo(request: Exclude<Request, { cancel: number }>, post: Post): Promise<unknown> {
  if ("load" in request) {
    const { source, options, progress } = request.load;
    const onProgress = progress ? (event: unknown) => post({ id: request.id, progress: event }) : undefined;
    pretrained = await fromPretrained(source, { ...options, onProgress });
    return pretrained.config;
  }
  if ("pull" in request) return pull(request.pull, request, post);
  try {
    return await started(request.call, request, post);
  } finally {
    running.delete(request.call);
  }
}

async function pull(call: number, request: Task, post: Post): Promise<IteratorResult<string>> {
  try {
    const stream = streams.get(call) ?? ((await started(call, request, post)) as AsyncGenerator<string>);
    // It may have been cancelled while its task was loaded.
    if (!running.has(call)) return { done: true, value: undefined };
    streams.set(call, stream);
    const next = await stream.next();
    if (next.done) end(call);
    return next;
  } catch (error) {
    end(call);
    throw error;
  }
}

async function started(call: number, { task, args, signal, onToken, constraint }: Task, post: Post): Promise<unknown> {
  const own: Record<string, unknown> = {};
  const controller = new AbortController();
  running.set(call, controller);
  if (signal) own.signal = controller.signal;
  if (onToken) own.onToken = (token: never) => post({ call, token });
  if (constraint) own.constraint = constraintOf(constraint);
  const last = args.at(-1);
  const hasOptions = typeof last === "object" && last !== null && !Array.isArray(last);
  const run = (await loadLater(`the task ${task}`, tasks[task])) as Run;
  return run(pretrained, ...(hasOptions ? [...args.slice(0, -1), { ...last, ...own }] : args));
}

function end(call: number): void {
  const stream = streams.get(call);
  running.get(call)?.abort();
  streams.delete(call);
  running.delete(call);
  void stream?.return(undefined).catch(() => {});
}

async function take(request: Request, post: Post): Promise<void> {
  if ("cancel" in request) return end(request.cancel);
  const { id } = request;
  try {
    post({ id, value: await answerTo(request, post) });
  } catch (error) {
    post({ id, error: sent(error) });
  }
}

if (globalThis.process?.versions?.node) {
  void builtin("node:worker_threads").then(({ parentPort }) =>
    parentPort?.on("message", (request: Request) => void take(request, (reply) => parentPort.postMessage(reply))),
  );
} else {
  globalThis.onmessage = ({ data }: MessageEvent<Request>) => void take(data, (reply) => globalThis.postMessage(reply));
}
