import { Worker } from "node:worker_threads";
import { peakLoop, readLoop } from "../limits/loops.js";

const once = (worker) => new Promise((resolve, reject) => worker.once("message", resolve).once("error", reject));

/** One worker per thread; all run at the same time. */
async function team(threads, bytes, memoryOf) {
  const workers = [];
  for (let t = 0; t < threads; t++) {
    const worker = new Worker(new URL("../limits/worker.js", import.meta.url), {
      workerData: { bytes, memory: memoryOf(t) },
    });
    await once(worker);
    workers.push(worker);
  }
  const run = async (messages) => {
    const times = await Promise.all(
      workers.map((worker, t) => {
        const answer = once(worker);
        worker.postMessage(messages(t));
        return answer;
      }),
    );
    return { milliseconds: Math.max(...times) };
  };
  return { run, end: () => Promise.all(workers.map((worker) => worker.terminate())) };
}

/** The peak floating-point rate of 128-bit WebAssembly. */
export async function peak({ threads, relaxed, turns }) {
  const bytes = peakLoop({ relaxed });
  if (!WebAssembly.validate(bytes)) return { cannot: "this engine has no relaxed SIMD" };
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 65536, shared: true });
  const { run, end } = await team(threads, bytes, () => memory);
  return { end, repeat: () => run(() => ({ repeats: 1, parts: [turns] })) };
}

/** The peak rate at which WebAssembly reads uncached memory. */
export async function bandwidth({ threads, bytes: size }) {
  const memory = new WebAssembly.Memory({ initial: Math.ceil(size / 65536), maximum: 65536, shared: true });
  new Float32Array(memory.buffer).fill(1);
  const lines = Math.floor(size / threads / 128);
  const { run, end } = await team(threads, readLoop(), () => memory);
  return { end, repeat: () => run((t) => ({ repeats: 1, parts: [t * lines * 128, lines] })) };
}
