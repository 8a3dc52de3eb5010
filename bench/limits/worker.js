import { parentPort, workerData } from "node:worker_threads";

// Reports that it is ready, then runs its part on each message.
const { bytes, memory } = workerData;
const instance = new WebAssembly.Instance(new WebAssembly.Module(bytes), { e: { m: memory } });
parentPort.on("message", ({ repeats, parts }) => {
  const start = performance.now();
  for (let r = 0; r < repeats; r++) instance.exports.run(...parts);
  parentPort.postMessage(performance.now() - start);
});
parentPort.postMessage("ready");
