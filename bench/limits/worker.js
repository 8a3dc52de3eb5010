import { parentPort, workerData } from "node:worker_threads";

// Reports that it is ready, then runs its part of a loop on each message.
const { loops, memory } = workerData;
const instances = loops.map((bytes) => new WebAssembly.Instance(new WebAssembly.Module(bytes), { e: { m: memory } }));
parentPort.on("message", ({ loop, parts }) => {
  const start = performance.now();
  instances[loop].exports.run(...parts);
  parentPort.postMessage(performance.now() - start);
});
parentPort.postMessage("ready");
