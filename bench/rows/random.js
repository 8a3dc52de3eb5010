import { digits } from "../statistics.js";

/** Random numbers, seeded if the contestant supports it. */
export const rows = ({ smoke }) => {
  const count = smoke ? 1000 : 2 ** 20;
  const kinds = { one: "one at a time", uniform: "uniform, an array of them", normal: "normal, an array of them" };
  return Object.entries(kinds).map(([kind, words]) => ({
    title: `${count.toLocaleString("en")} random numbers, ${words}`,
    work: "randomNumbers",
    task: { kind, count },
    threads: 1,
    who: ["ours", "Math.random", ...(kind === "one" ? [] : ["tfjs-wasm"])],
    rate: (_, median) => `${digits((median * 1e6) / count)} ns each`,
  }));
};
