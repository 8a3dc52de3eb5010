/** The tasks that run in a worker. */
export type TaskName =
  | ("answer" | "chat" | "chatStream" | "chatTemplate" | "classify" | "complete" | "embed")
  | ("entities" | "fillMask" | "rank" | "stream" | "summarize" | "translate");

/** Runs tasks in another thread. */
export interface Remote {
  run(task: TaskName, args: readonly unknown[]): Promise<unknown>;
  stream(task: TaskName, args: readonly unknown[]): AsyncGenerator<string>;
}

const remote: unique symbol = /* @__PURE__ */ Symbol.for("transformer-blocks.remote");

/** A model with its tokenizer in a worker, for every task in the place of what `fromPretrained` returns. */
export interface InWorker {
  /** The content of config.json. */
  readonly config: Readonly<Record<string, unknown>>;
  /** Ends the worker. What runs rejects with a `WorkerError`. */
  close(): Promise<void>;
  readonly [remote]: Remote;
}

export function inWorkerOf(runs: Remote, rest: Pick<InWorker, "config" | "close">): InWorker {
  return Object.defineProperty({ ...rest }, remote, { value: runs }) as InWorker;
}

export const isInWorker = (pretrained: unknown): pretrained is InWorker =>
  typeof pretrained === "object" && pretrained !== null && remote in pretrained;

/** Runs a task in the worker, which has the same function with the same type. */
export async function runThere<Result>(
  { [remote]: runs }: InWorker,
  task: TaskName,
  args: readonly unknown[],
): Promise<Result> {
  return (await runs.run(task, args)) as Result;
}

/** Streams a task in the worker. */
export const streamThere = (
  { [remote]: runs }: InWorker,
  task: TaskName,
  args: readonly unknown[],
): AsyncGenerator<string> => runs.stream(task, args);

/** The worker of a model ended, or does not start. */
export class WorkerError extends Error {
  override readonly name = "WorkerError";
}
