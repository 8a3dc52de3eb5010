import { parseUrl } from "../../checkpoint/internal";
import { type Checks, checkOptions, expectFunction, expectSignal, expectString, wrongKind } from "../../checks";
import type { LoadOptions } from "../../families";
import { expectHead } from "../../families/internal";
import type { Url } from "../../platform";
import { quantizedFormat, roundedActivations } from "../../tensor/internal";
import { Connection } from "./connection";
import { sendable } from "./messages";
import { type InWorker, inWorkerOf, WorkerError } from "./remote";
import { startWorker } from "./start";

/** The options of `inWorker`: those of `fromPretrained`, and where the worker's code is. */
export interface InWorkerOptions extends LoadOptions {
  /**
   * Where the package's `dist/worker.js` is, for bundlers that do not understand
   * `new Worker(new URL("./worker.js", import.meta.url))`.
   */
  url?: string | Url | undefined;
}

const checks: Checks<InWorkerOptions> = {
  weights: quantizedFormat,
  activations: roundedActivations,
  head: expectHead,
  onProgress: expectFunction,
  signal: expectSignal,
  url: (where, name, value) => {
    if (!(value instanceof URL)) expectString(where, name, value);
  },
};

/**
 * Loads a model in a worker, so that a page stays responsive while tasks run: every task takes the result in the place of
 * what `fromPretrained` returns. Streams compute a piece when it is asked for, and `signal` cancels as it does here.
 * Functions, models and caches among the options cannot go to a worker, except `onToken` and constraints such as
 * `jsonSchema(…)`, which the worker makes again.
 *
 * The worker does not keep a Node process alive; `close` ends it.
 *
 * @param source a directory path or a URL
 * @throws as `fromPretrained`; WorkerError if the worker does not start. Once it ends, tasks reject with a WorkerError
 */
export async function inWorker(source: string | Url, options: InWorkerOptions = {}): Promise<InWorker> {
  checkOptions("inWorker", options, checks);
  const { signal, onProgress, url, ...rest } = options;
  const address = addressOf(source);
  const settings = sendable("inWorker", "", rest);
  signal?.throwIfAborted();
  const connection = new Connection();
  const close = () => connection.end(new WorkerError("inWorker: the worker was closed"));
  const abort = () => void connection.end(new WorkerError("inWorker: loading was aborted"));
  signal?.addEventListener("abort", abort);
  try {
    const listeners = {
      message: (message: unknown) => connection.take(message),
      ended: (reason: WorkerError) => void connection.end(reason),
    };
    connection.use(await startWorker(url, listeners));
    const progress = onProgress as ((event: unknown) => void) | undefined;
    const load = { source: address, options: settings, progress: onProgress !== undefined };
    const config = (await connection.request({ load }, progress)) as InWorker["config"];
    return inWorkerOf(connection, { config, close });
  } catch (error) {
    await close();
    throw signal?.aborted ? signal.reason : error;
  } finally {
    signal?.removeEventListener("abort", abort);
  }
}

/** A page's relative path is relative to the page, not to the worker's code. */
function addressOf(source: unknown): string {
  if (source instanceof URL) return source.href;
  if (typeof source !== "string")
    throw wrongKind(
      "inWorker",
      "source",
      "a path or a URL, because an object that reads cannot go to a worker",
      source,
    );
  const base = globalThis.document?.baseURI;
  return base === undefined ? source : parseUrl("inWorker", source, base).href;
}
