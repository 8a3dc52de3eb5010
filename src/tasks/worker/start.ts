import { builtin } from "../../builtin";
import { WorkerError } from "./remote";

/** A worker, in Node or in a page. */
export interface Started {
  post(message: unknown): void;
  /** Keeps the process alive, or not. */
  hold(holds: boolean): void;
  stop(): Promise<void>;
}

/** What to do with what a worker sends. */
export interface Listeners {
  message(message: unknown): void;
  /** It ended, or did not start. */
  ended(reason: WorkerError): void;
}

const failed = (cause: unknown, address: unknown): WorkerError => {
  const message = cause instanceof Error ? cause.message : String(cause);
  const advice = /module|import|404|load/i.test(message) ? `; its code is expected at ${String(address)}` : "";
  return new WorkerError(`inWorker: the worker ended: ${message}${advice}`, { cause });
};

/** @param url where the worker's code is, if not beside this module */
export async function startWorker(url: string | URL | undefined, listeners: Listeners): Promise<Started> {
  if (globalThis.process?.versions?.node)
    return startInNode(await builtin("node:worker_threads"), url ?? (await besideThis()), listeners);
  // Bundlers look for exactly these words, and bundle the worker.
  const worker = newWorker(
    () =>
      url === undefined
        ? new Worker(new URL("./worker.js", import.meta.url), { type: "module" })
        : new Worker(url, { type: "module" }),
    url,
  );
  worker.onmessage = (event) => listeners.message(event.data);
  worker.onerror = (event) => {
    event.preventDefault();
    const message = event.message ? `${event.message} (${event.filename}:${event.lineno})` : "its code does not load";
    listeners.ended(failed(message, url ?? "worker.js beside the package's code"));
  };
  return {
    post: (message) => worker.postMessage(message),
    hold: () => {},
    stop: async () => worker.terminate(),
  };
}

/** Not a path: a Windows drive has one letter. */
const isAddress = (url: string | URL): boolean => typeof url === "string" && /^[a-z][a-z0-9+.-]+:/i.test(url);

function newWorker<Made>(make: () => Made, url: unknown): Made {
  try {
    return make();
  } catch (error) {
    if (url === undefined) throw failed(error, "worker.js beside the package's code");
    throw new RangeError(`inWorker: url must be the address of the package's worker.js, not ${String(url)}`, {
      cause: error,
    });
  }
}

/** A variable, so that bundlers for pages do not take it for a second worker. */
async function besideThis(): Promise<URL> {
  const here = import.meta.url;
  return new URL("./worker.js", here);
}

function startInNode(
  node: typeof import("node:worker_threads"),
  url: string | URL,
  { message, ended }: Listeners,
): Started {
  const worker = newWorker(() => new node.Worker(isAddress(url) ? new URL(url) : url), url);
  let reason: WorkerError | undefined;
  worker.on("message", message);
  worker.on("error", (error) => {
    reason = failed(error, url);
  });
  worker.on("exit", (code) => ended(reason ?? failed(`it exited with code ${code}`, url)));
  return {
    post: (posted) => worker.postMessage(posted),
    hold: (holds) => (holds ? worker.ref() : worker.unref()),
    stop: async () => void (await worker.terminate()),
  };
}
