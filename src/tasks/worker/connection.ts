import type { NewToken } from "../../generation";
import type { Recipe } from "../../generation/internal";
import type { Signal } from "../../platform";
import { type Reply, type Request, received, sendable, type Task } from "./messages";
import type { Remote, TaskName, WorkerError } from "./remote";
import type { Started } from "./start";

interface Waiting {
  resolve(value: unknown): void;
  reject(error: unknown): void;
  progress?: ((event: unknown) => void) | undefined;
}

/** What stays on the page. */
interface Own {
  signal?: Signal | undefined;
  onToken?: ((token: NewToken) => void) | undefined;
}

type Settled = Extract<Reply, { value: unknown } | { error: unknown }>;
type Numbered<Each> = Each extends { id: number } ? Omit<Each, "id"> : never;

/** The page's end: sends tasks to the worker and waits for what comes back. */
export class Connection implements Remote {
  readonly #waiting = new Map<number, Waiting>();
  readonly #listening = new Map<number, (token: NewToken) => void>();
  #count = 0;
  #worker: Started | undefined;
  #ended: WorkerError | undefined;

  /** To be called once the worker is there. */
  use(worker: Started): void {
    this.#worker = worker;
    if (this.#ended) void worker.stop();
  }

  take(message: unknown): void {
    // A worker that is being ended must keep the process alive until it has ended.
    if (this.#ended) return;
    const reply = message as Reply;
    if ("token" in reply) this.#listening.get(reply.call)?.(reply.token);
    else if ("progress" in reply) this.#waiting.get(reply.id)?.progress?.(reply.progress);
    else this.#settle(reply);
  }

  /** Rejects what runs, and all that comes later. */
  async end(reason: WorkerError): Promise<void> {
    this.#ended ??= reason;
    const pending = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { reject } of pending) reject(this.#ended);
    await this.#worker?.stop();
  }

  /** Sends a message and waits for its reply. */
  request(message: Numbered<Request>, progress?: (event: unknown) => void): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (this.#ended) return reject(this.#ended);
      const id = this.#count++;
      // First, because a message that cannot be sent is not waited for, and must not keep the process alive.
      this.#worker?.post({ ...message, id });
      this.#waiting.set(id, { resolve, reject, progress });
      this.#worker?.hold(true);
    });
  }

  async run(task: TaskName, args: readonly unknown[]): Promise<unknown> {
    const { own, ...rest } = divided(task, args);
    const call = this.#count++;
    return this.#watched(call, own, () => this.request({ ...rest, call }));
  }

  async *stream(task: TaskName, args: readonly unknown[]): AsyncGenerator<string> {
    const { own, ...rest } = divided(task, args);
    const pull = this.#count++;
    try {
      for (;;) {
        const next = (await this.#watched(pull, own, () => this.request({ ...rest, pull }))) as IteratorResult<string>;
        if (next.done) return;
        yield next.value;
      }
    } finally {
      if (!this.#ended) this.#worker?.post({ cancel: pull } satisfies Request);
    }
  }

  /** Waits for a reply, or until the caller aborts, or its `onToken` throws. */
  async #watched(call: number, { signal, onToken }: Own, request: () => Promise<unknown>): Promise<unknown> {
    signal?.throwIfAborted();
    let fail: (reason: unknown) => void = () => {};
    const failed = new Promise<never>((_, reject) => {
      fail = (reason) => {
        this.#worker?.post({ cancel: call } satisfies Request);
        reject(reason);
      };
    });
    const abort = () => fail(signal?.reason);
    signal?.addEventListener("abort", abort);
    if (onToken) this.#listening.set(call, (token) => attempt(() => onToken(token), fail));
    try {
      return await Promise.race([request(), failed]);
    } finally {
      signal?.removeEventListener("abort", abort);
      this.#listening.delete(call);
    }
  }

  #settle(reply: Settled): void {
    const waiting = this.#waiting.get(reply.id);
    this.#waiting.delete(reply.id);
    if (this.#waiting.size === 0) this.#worker?.hold(false);
    if ("error" in reply) waiting?.reject(received(reply.error));
    else waiting?.resolve(reply.value);
  }
}

/** A task's arguments without the options that stay on the page. */
function divided(task: TaskName, args: readonly unknown[]): Task & { own: Own } {
  const last = args.at(-1);
  const hasOptions = typeof last === "object" && last !== null && !Array.isArray(last);
  const { signal, onToken, constraint, ...options } = (hasOptions ? last : {}) as Own & { constraint?: unknown };
  const recipe = recipeOf(constraint);
  const copied = recipe || constraint === undefined ? options : { ...options, constraint };
  const rest = (hasOptions ? args.slice(0, -1) : args).map((argument, i) =>
    sendable(task, `argument ${i + 2}`, argument),
  );
  return {
    task,
    args: hasOptions ? [...rest, sendable(task, "", copied)] : rest,
    signal: signal !== undefined,
    onToken: onToken !== undefined,
    constraint: recipe && sendable(task, "constraint", recipe),
    own: { signal, onToken },
  };
}

/** Of what `regex`, `jsonSchema` and their kind return. */
function recipeOf(constraint: unknown): Recipe | undefined {
  if (typeof constraint !== "object" || constraint === null) return undefined;
  return Reflect.get(constraint, Symbol.for("transformer-blocks.recipe")) as Recipe | undefined;
}

function attempt(run: () => void, fail: (error: unknown) => void): void {
  try {
    run();
  } catch (error) {
    fail(error);
  }
}
