import "./iterator-helpers.js";
import { noise } from "../random.js";
import { trainingStepOf } from "./jax-training.js";

async function open(threads) {
  // It uses Web Workers, which Node does not have.
  if (threads > 1 && typeof Worker === "undefined") return { cannot: "one thread in Node" };
  const jax = await import("@jax-js/jax");
  await jax.init("wasm");
  jax.defaultDevice("wasm");
  return jax;
}

export async function matmul({ m, k, n, threads }) {
  const { cannot, numpy: np } = await open(threads);
  if (cannot) return { cannot };
  const x = np.array(noise(m * k)).reshape([m, k]);
  const w = np.array(noise(k * n, 2)).reshape([k, n]);
  let values;
  const repeat = async () => {
    values = await np.matmul(x.ref, w.ref).data();
  };
  return { repeat, check: () => values.slice(0, 8) };
}

export async function attention({ heads, seq, headDim, threads }) {
  const { cannot, nn, numpy: np } = await open(threads);
  if (cannot) return { cannot };
  const given = [1, 2, 3].map((seed) => np.array(noise(seq * heads * headDim, seed)).reshape([1, seq, heads, headDim]));
  let values;
  const repeat = async () => {
    const [q, k, v] = given.map((x) => x.ref);
    values = await nn.dotProductAttention(q, k, v, { isCausal: true }).data();
  };
  return { repeat, check: () => values.slice(-8) };
}

export async function trainingStep(task) {
  const jax = await open(task.threads);
  return jax.cannot ? jax : trainingStepOf(jax, task);
}
