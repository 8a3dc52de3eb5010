import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { noise } from "../random.js";

async function open(threads) {
  const tf = await import("@tensorflow/tfjs");
  const backend = await import("@tensorflow/tfjs-backend-wasm");
  backend.setWasmPaths(`${dirname(fileURLToPath(import.meta.resolve("@tensorflow/tfjs-backend-wasm")))}/`);
  // It starts threads in pages alone.
  if (threads > 1) return { cannot: "one thread in Node" };
  await tf.setBackend("wasm");
  await tf.ready();
  return tf.getBackend() === "wasm" ? { tf } : { cannot: "its wasm backend does not start" };
}

export async function matmul({ m, k, n, threads }) {
  const { tf, cannot } = await open(threads);
  if (cannot) return { cannot };
  const [x, w] = [tf.tensor2d(noise(m * k), [m, k]), tf.tensor2d(noise(k * n, 2), [k, n])];
  let values;
  const repeat = async () => {
    const y = tf.matMul(x, w);
    values = await y.data();
    y.dispose();
  };
  return { repeat, check: () => values.slice(0, 8) };
}
