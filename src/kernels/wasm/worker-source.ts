/**
 * The code of each worker: it takes parts of the work announced in `control` (see threads.ts), and polls for more for a
 * while after the last one; then it returns to its event loop, where messages bring memories and wake it. It is text
 * because it must start without a file: a function's source could refer to a bundler's helpers. Of what a kernel may call
 * outside its memory, a worker has `attendHeads`; the rest is for the thread that leads.
 */
export const workerSource = `
const start = ({ control, operations, index }, send) => {
  const words = new Int32Array(control, 0, 16 + 64), numbers = new Float64Array(control, 512, 64);
  const regions = new Map();
  const PATIENCE = 5;
  const part = () => {
    const ticket = Atomics.load(words, 0), remaining = ticket & 255;
    if (remaining === 0) return false;
    const kernels = regions.get(numbers[0])?.kernels;
    if (kernels === undefined) return undefined;
    for (let i = 0; i < numbers[48]; i++) if (!regions.has(numbers[49 + i])) return undefined;
    const kernel = kernels[numbers[1]], count = numbers[2], grain = numbers[3], scratch = numbers[4];
    const args = [];
    for (let i = 0; i < numbers[6]; i++) args.push(numbers[7 + i]);
    const from = (remaining - 1) * grain;
    args.push(from, Math.min(count, from + grain), scratch && scratch + index * numbers[5]);
    if (Atomics.compareExchange(words, 0, ticket, ticket - 1) !== ticket) return true;
    try {
      kernel(...args);
    } catch {
      Atomics.store(words, 2, 1);
    }
    Atomics.add(words, 1, 1);
    return true;
  };
  const attendHeads = (from, to) => {
    try {
      const args = numbers.subarray(37, 37 + numbers[36]), scratch = numbers[34] + index * numbers[35];
      regions.get(numbers[32]).kernels[numbers[33]](...args, from, to, scratch);
    } catch {
      Atomics.store(words, 2, 1);
    }
  };
  const nothing = () => 0;
  const outside = { beginAttention: nothing, attendHeads, endAttention: nothing };
  const work = () => {
    Atomics.store(words, 16 + index, 1);
    let last = performance.now();
    for (let turn = 1; ; turn++) {
      const done = part();
      if (done) last = performance.now();
      else if (done === undefined || (turn % 64 === 0 && performance.now() - last > PATIENCE)) {
        Atomics.store(words, 16 + index, 0);
        // Checks again: a job may have been announced before the main thread saw that this one sleeps.
        if (done === undefined || (Atomics.load(words, 0) & 255) === 0) return;
        Atomics.store(words, 16 + index, 1);
        last = performance.now();
      }
    }
  };
  send("ready");
  return ({ id, memory, module, gone }) => {
    // As in region.ts: ballast for a memory, and once more for a freed memory, so that it is collected soon.
    const ballast = new ArrayBuffer(memory ? Math.min(memory.buffer.byteLength, 2 ** 26) : gone === undefined ? 0 : 2 ** 26);
    if (gone !== undefined) regions.delete(gone);
    if (memory) {
      const { exports } = new WebAssembly.Instance(module, { env: { memory, ...outside } });
      regions.set(id, { kernels: operations.map((name) => exports[name]), ballast });
    }
    work();
  };
};
const builtin = globalThis.process?.getBuiltinModule ?? (typeof require === "function" ? require : undefined);
if (builtin) {
  const { parentPort, workerData } = builtin("node:worker_threads");
  parentPort.on("message", start(workerData, (text) => parentPort.postMessage(text)));
} else {
  self.onmessage = ({ data }) => {
    const receive = start(data, (text) => self.postMessage(text));
    self.onmessage = (event) => receive(event.data);
  };
}
`;
