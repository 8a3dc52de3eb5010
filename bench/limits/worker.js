import { parentPort, workerData } from "node:worker_threads";

// Says that it is there, then runs its part each time it is told to.
const { bytes, memory } = workerData;
const instance = new WebAssembly.Instance(new WebAssembly.Module(bytes), { e: { m: memory } });
parentPort.on("message", ({ repeats, parts }) => {
  const start = performance.now();
  for (let r = 0; r < repeats; r++) instance.exports.run(...parts);
  parentPort.postMessage(performance.now() - start);
});
parentPort.postMessage("ready");
