import { generate } from "../../dist/generation.js";
import { KeyValueCache, slice } from "../../dist/index.js";
import { buildModel } from "../models/build.js";
import { tokens } from "../random.js";
import { summary } from "../statistics.js";
import { withKernels } from "./with-kernels.js";
import { withWeights } from "./with-weights.js";

const endless = { endTokens: [] };

/** Milliseconds for each token after the first: the prompt is not counted. */
async function perToken(run, count) {
  const times = [];
  await run(() => times.push(performance.now()));
  return (times[count - 1] - times[0]) / (count - 1);
}

/** The milliseconds of each token after the first. */
async function eachToken(run) {
  const times = [];
  await run(() => times.push(performance.now()));
  return times.slice(1).map((time, i) => time - times[i]);
}

/**
 * The model alone, token by token with a cache, in turn with `generate`, which is timed. Each of them has the median of all
 * its tokens: what is asked for is less than what one run differs from the next.
 */
export const generationOverhead = withKernels(({ model: name, weights, prompt, count, options = {} }) => {
  const model = withWeights(buildModel(name), weights);
  const ids = tokens(1, prompt, model.config.vocabSize);
  const bare = async (tick) => {
    const cache = new KeyValueCache({ capacity: prompt + count });
    let next = ids;
    for (let t = 0; t < count; t++) {
      const last = slice(model.hidden(next, { cache }), { axis: 1, start: -1 });
      next = [[greatest(await model.head.forward(last).read())]];
      tick();
    }
  };
  const whole = (onToken) => generate(model, ids, { ...endless, ...options, maxNewTokens: count, onToken });
  const [alone, together] = [[], []];
  const repeat = async () => {
    alone.push(...(await eachToken(bare)));
    const own = await eachToken(whole);
    together.push(...own);
    const without = summary(alone).median;
    const overhead = summary(together).median - without;
    return { milliseconds: summary(own).median * count, microseconds: 1000 * overhead, share: overhead / without };
  };
  return { repeat };
});

/** One row in turn with a batch, which is timed. */
export const generationBatch = withKernels(({ model: name, prompt, count, batch }) => {
  const model = buildModel(name);
  const [one, all] = [1, batch].map((rows) => tokens(rows, prompt, model.config.vocabSize));
  const ratios = [];
  const timed = (ids) =>
    perToken(async (tick) => {
      const onToken = ({ row }) => row === ids.length - 1 && tick();
      await generate(model, ids, { ...endless, maxNewTokens: count, onToken });
    }, count);
  const repeat = async () => {
    const [alone, together] = [await timed(one), await timed(all)];
    ratios.push((batch * alone) / together);
    return { milliseconds: together * count, gain: summary(ratios).median };
  };
  return { repeat };
});

function greatest(scores) {
  let best = 0;
  for (let id = 1; id < scores.length; id++) if (scores[id] > scores[best]) best = id;
  return best;
}
