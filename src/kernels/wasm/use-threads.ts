import { builtin } from "../../builtin";
import { wholeIn } from "../../checks";
import { bestFlavor, canShare, compiled } from "./module";
import { type Helper, operations, Pool, threadCount, usePool } from "./threads";
import { workerSource } from "./worker-source";

/** The largest number for which the parts of a job can be counted. */
const MOST = 60;

const isCount = /* @__PURE__ */ wholeIn({ least: 1, most: MOST });

/** The pending change: changes run one after the other. */
let pending: Promise<void> = Promise.resolve();

/**
 * Sets the number of threads that share the work of each call, including the calling one. Results are the same to the
 * bit for any number. The workers do not keep a process alive; `useThreads(1)` ends them.
 *
 * @throws RangeError unless it is a whole number from 1 to 60; Error if memory cannot be shared or a worker does not
 * start. The number of threads then stays the same.
 * @example
 * ```ts
 * import { kernelInfo, useThreads } from "transformer-blocks/kernels";
 * await useThreads(2);
 * kernelInfo().threads; // 2
 * await useThreads(1);
 * ```
 */
export async function useThreads(threads: number): Promise<void> {
  isCount("useThreads", "threads", threads);
  const change = pending.then(() => become(threads));
  pending = change.catch(() => {});
  return change;
}

async function become(threads: number): Promise<void> {
  if (threads === threadCount()) return;
  if (threads === 1) return usePool(undefined);
  const flavor = bestFlavor();
  if (flavor === undefined) throw new Error("useThreads: this engine has no WebAssembly with SIMD");
  if (!canShare())
    throw new Error(
      "useThreads: this page cannot share memory. Serve it with the headers " +
        "Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp",
    );
  // Throws where a page forbids it, before a worker starts.
  compiled(flavor);
  const control = new SharedArrayBuffer(1024);
  const started = await Promise.allSettled(
    Array.from({ length: threads - 1 }, (_, i) => start({ control, operations, index: i + 1 })),
  );
  const helpers = started.flatMap((each) => (each.status === "fulfilled" ? [each.value] : []));
  const failed = started.find((each) => each.status === "rejected");
  if (failed) {
    for (const helper of helpers) helper.stop();
    throw new Error(
      "useThreads: a worker did not start; in a page, the Content-Security-Policy must allow worker-src blob:",
      { cause: failed.reason },
    );
  }
  usePool(new Pool(helpers, control));
}

interface WorkerData {
  control: SharedArrayBuffer;
  operations: readonly string[];
  index: number;
}

/** Starts one worker and waits until it is ready. */
async function start(data: WorkerData): Promise<Helper> {
  return globalThis.process?.versions?.node
    ? startInNode(await builtin("node:worker_threads"), data)
    : startInPage(data);
}

function startInNode(node: typeof import("node:worker_threads"), data: WorkerData): Promise<Helper> {
  return new Promise((resolve, reject) => {
    const worker = new node.Worker(workerSource, { eval: true, workerData: data });
    const ended = new Promise<void>((end) => worker.once("exit", () => end()));
    worker.once("message", () => {
      // Workers must not keep a process alive, except while they start.
      worker.unref();
      resolve({ post: (message) => worker.postMessage(message), stop: () => void worker.terminate(), ended });
    });
    worker.once("error", reject);
    ended.then(() => reject(new Error("the worker ended")));
  });
}

function startInPage(data: WorkerData): Promise<Helper> {
  return new Promise((resolve, reject) => {
    const address = URL.createObjectURL(new Blob([workerSource], { type: "text/javascript" }));
    const worker = new Worker(address);
    const ended = new Promise<void>((end) => {
      worker.onerror = (event) => {
        end();
        reject(new Error(event.message));
      };
    });
    worker.onmessage = () => {
      URL.revokeObjectURL(address);
      resolve({ post: (message) => worker.postMessage(message), stop: () => worker.terminate(), ended });
    };
    worker.postMessage(data);
  });
}
