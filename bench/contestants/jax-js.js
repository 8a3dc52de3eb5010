import { noise } from "../random.js";

/** It shares its work among as many workers as it likes: there is no number to set. */
async function open() {
  const jax = await import("@jax-js/jax");
  await jax.init("wasm");
  jax.defaultDevice("wasm");
  return jax;
}

export async function matmul({ m, k, n }) {
  const { numpy: np } = await open();
  const x = np.array(noise(m * k)).reshape([m, k]);
  const w = np.array(noise(k * n, 2)).reshape([k, n]);
  let values;
  const repeat = async () => {
    values = await np.matmul(x.ref, w.ref).data();
  };
  return { repeat, check: () => values.slice(0, 8) };
}
