import { noise } from "../random.js";

/** `Float32Array.prototype.sort`, of a copy each time. */
export function sorting({ count }) {
  const x = noise(count);
  return { repeat: async () => void x.slice().sort() };
}
