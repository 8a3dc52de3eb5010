import { Module } from "../../dist/blocks.js";
import { generateStream } from "../../dist/generation.js";
import { Tensor } from "../../dist/tensor.js";
import { buildModel, configOf } from "../models/build.js";
import { noise, tokens } from "../random.js";
import { take } from "./take.js";
import { withKernels } from "./with-kernels.js";

/** A model that does all its work, and then scores the same token best as another one, at a share of the positions. */
class Agreeing extends Module {
  constructor(model, share) {
    super();
    this.model = model;
    const { vocabSize, contextLength } = configOf(model);
    this.config = { vocabSize, contextLength };
    this.next = Array.from(noise(contextLength), (value, at) => {
      const agreed = Math.floor(Math.abs(value) * 1e6) % vocabSize;
      const agrees = Math.abs(Math.sin(at * 12.9898) * 43758.5453) % 1 < share;
      return agrees ? agreed : (agreed + 1) % vocabSize;
    });
  }

  get caching() {
    return "perPosition";
  }

  forward(ids, pass = {}) {
    const held = pass.cache?.length ?? 0;
    const logits = this.model.forward(ids, pass);
    const [, seq, vocabSize] = logits.shape;
    const scores = logits.data.slice();
    for (let at = 0; at < seq; at++) scores[at * vocabSize + this.next[held + at]] = 1e6;
    return new Tensor(logits.shape, scores);
  }
}

export const decoding = ({ model: name, draft, accepted, proposals, prompt, count, context }, hasDraft) => {
  const model = new Agreeing(buildModel(name), 1);
  const options = hasDraft ? { draft: { model: new Agreeing(buildModel(draft), accepted), tokens: proposals } } : {};
  const ids = tokens(1, prompt, model.config.vocabSize);
  return take(async function* () {
    const maxNewTokens = context - prompt;
    for await (const { id } of generateStream(model, ids, { maxNewTokens, ...options })) yield id;
  }, count);
};

export const speculative = withKernels((task) => decoding(task, true));
