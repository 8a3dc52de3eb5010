import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { bytesPerTurn, peakLoop, readLoop } from "../limits/loops.js";
import { summary } from "../statistics.js";

/** One worker per thread; all run a loop at the same time. */
async function team(threads, loops, memory) {
  const workers = [];
  for (let t = 0; t < threads; t++) {
    const worker = new Worker(new URL("../limits/worker.js", import.meta.url), { workerData: { loops, memory } });
    await once(worker, "message");
    workers.push(worker);
  }
  const run = async (loop, partsOf) => {
    const times = await Promise.all(
      workers.map(async (worker, t) => {
        worker.postMessage({ loop, parts: partsOf(t) });
        const [milliseconds] = await once(worker, "message");
        return milliseconds;
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
  const { run, end } = await team(threads, [bytes], memory);
  return { end, repeat: () => run(0, () => [turns]) };
}

/** Numbers of streams that are tried, and how often each. */
const [mostStreams, trials] = [8, 5];

/** The peak rate at which WebAssembly reads uncached memory, in the number of streams that is fastest here. */
export async function bandwidth({ threads, bytes: size }) {
  const memory = new WebAssembly.Memory({ initial: Math.ceil(size / 65536), maximum: 65536, shared: true });
  new Float32Array(memory.buffer).fill(1);
  const loops = Array.from({ length: mostStreams }, (_, s) => readLoop(s + 1));
  const { run, end } = await team(threads, loops, memory);
  const read = (streams) => {
    const turns = Math.floor(size / threads / streams / bytesPerTurn);
    const far = turns * bytesPerTurn;
    return run(streams - 1, (t) => [t * streams * far, turns, far]);
  };
  const streams = await fastestOf(read);
  return { end, repeat: () => read(streams), note: `best of 1 to ${mostStreams} streams: ${streams}` };
}

/** The number of streams whose median is the least; all are tried in turn. */
async function fastestOf(read) {
  const times = Array.from({ length: mostStreams }, () => []);
  for (let trial = 0; trial < trials; trial++)
    for (const [s, each] of times.entries()) each.push((await read(s + 1)).milliseconds);
  const medians = times.map((each) => summary(each).median);
  return medians.indexOf(Math.min(...medians)) + 1;
}
