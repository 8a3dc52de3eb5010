import { FeedForward, initialize, MixtureOfExperts, TopKRouter } from "../../dist/blocks.js";
import { tensor } from "../../dist/tensor.js";
import { noise } from "../random.js";
import { withKernels } from "./with-kernels.js";

/** A mixture of random experts and the tokens it is given. */
export function mixtureOf({ dModel, dFeedForward, experts: count, topK, tokens }) {
  const config = { dModel, dFeedForward, gated: true, activation: "silu", bias: false };
  const mixture = new MixtureOfExperts({
    experts: Array.from({ length: count }, () => new FeedForward(config)),
    router: new TopKRouter({ dModel, experts: count, topK, renormalize: true }),
  });
  return { mixture: initialize(mixture, { seed: 1 }), x: tensor(noise(tokens * dModel), [1, tokens, dModel]) };
}

export const experts = withKernels((task) => {
  const { mixture, x } = mixtureOf(task);
  return { repeat: async () => void (await mixture.forward(x).read()) };
});
