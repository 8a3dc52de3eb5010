import { linear, tensor } from "../../dist/tensor.js";
import { noise } from "../random.js";
import { mixtureOf } from "./ours-experts.js";
import { withKernels } from "./with-kernels.js";

/** The three products of each chosen expert, of as many rows as the mixture gives it. */
export const experts = withKernels((task) => {
  const { mixture, x } = mixtureOf(task);
  const counts = new Map();
  for (const expert of mixture.router.forward(x).chosen.flat(2)) counts.set(expert, (counts.get(expert) ?? 0) + 1);
  const work = [...counts].map(([expert, count]) => ({
    expert: mixture.experts[expert],
    rows: tensor(noise(count * task.dModel), [count, task.dModel]),
    hidden: tensor(noise(count * task.dFeedForward), [count, task.dFeedForward]),
  }));
  const repeat = async () => {
    for (const { expert, rows, hidden } of work) {
      linear(rows, expert.gate.weight);
      linear(rows, expert.up.weight);
      await linear(hidden, expert.down.weight).read();
    }
  };
  return { repeat };
});
