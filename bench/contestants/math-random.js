/** `Math.random`: unseeded, and different in every engine. Normal numbers by the polar method. */
export function randomNumbers({ kind, count }) {
  const numbers = new Float32Array(count);
  const uniform = () => {
    for (let i = 0; i < count; i++) numbers[i] = Math.random();
  };
  const normal = () => {
    for (let i = 0; i < count; ) {
      const [u, v] = [2 * Math.random() - 1, 2 * Math.random() - 1];
      const square = u * u + v * v;
      if (square >= 1 || square === 0) continue;
      const factor = Math.sqrt((-2 * Math.log(square)) / square);
      numbers[i++] = u * factor;
      numbers[i++] = v * factor;
    }
  };
  return { repeat: async () => (kind === "normal" ? normal() : uniform()) };
}
