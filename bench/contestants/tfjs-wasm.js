import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { noise } from "../random.js";
import { operationOf } from "./tfjs-operations.js";
import { trainingStepOf } from "./tfjs-training.js";

async function open(threads) {
  const tf = await import("@tensorflow/tfjs");
  const backend = await import("@tensorflow/tfjs-backend-wasm");
  backend.setWasmPaths(`${dirname(fileURLToPath(import.meta.resolve("@tensorflow/tfjs-backend-wasm")))}/`);
  // It starts threads only in pages.
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

/** Unfused: it has no fused form, so the full weight matrix is built. */
export async function attention({ heads, seq, headDim, threads }) {
  const { tf, cannot } = await open(threads);
  if (cannot) return { cannot };
  const given = [1, 2, 3].map((seed) => tf.tensor(noise(seq * heads * headDim, seed), [seq, heads, headDim]));
  const mask = tf.tensor2d(
    Float32Array.from({ length: seq * seq }, (_, i) => (i % seq > Math.floor(i / seq) ? -1e9 : 0)),
    [seq, seq],
  );
  let values;
  const repeat = async () => {
    const y = tf.tidy(() => {
      const [q, k, v] = given.map((x) => x.transpose([1, 0, 2]));
      const scores = tf
        .matMul(q, k, false, true)
        .mul(1 / Math.sqrt(headDim))
        .add(mask);
      return tf.matMul(scores.softmax(), v).transpose([1, 0, 2]);
    });
    values = await y.data();
    y.dispose();
  };
  return { repeat, check: () => values.slice(-8) };
}

export async function randomNumbers({ kind, count, threads }) {
  const { tf, cannot } = await open(threads);
  if (cannot) return { cannot };
  const repeat = async () => {
    const numbers = kind === "normal" ? tf.randomNormal([count]) : tf.randomUniform([count]);
    await numbers.data();
    numbers.dispose();
  };
  return { repeat };
}

export async function trainingStep(task) {
  const { tf, cannot } = await open(task.threads);
  return cannot ? { cannot } : trainingStepOf(tf, task);
}

export async function operation(task) {
  const { tf, cannot } = await open(task.threads);
  return cannot ? { cannot } : operationOf(tf, task);
}
