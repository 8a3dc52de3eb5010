import { modelFile } from "../models/file.js";
import { dimensionsOf } from "../models/sizes.js";
import { tokens } from "../random.js";
import { take } from "./take.js";

/** Decoding with ONNX Runtime: each run outputs keys and values, which are inputs of the next. */
export class OnnxDecoder {
  #runtime;
  #session;
  #sizes;
  #held = {};
  #length = 0;

  constructor({ runtime, session }, model) {
    this.#runtime = runtime;
    this.#session = session;
    this.#sizes = dimensionsOf(model);
    this.reset();
  }

  reset() {
    const { layers, keyValueHeads, headDim } = this.#sizes;
    this.#length = 0;
    for (let l = 0; l < layers; l++)
      for (const part of ["key", "value"])
        this.#held[`past_key_values.${l}.${part}`] = this.#tensor("float32", new Float32Array(0), [
          1,
          keyValueHeads,
          0,
          headDim,
        ]);
  }

  /** Processes tokens and returns the most likely next one. */
  async step(ids) {
    return greatest((await this.logits(ids)).data);
  }

  /** Processes tokens and returns the scores of the next one. */
  async logits(ids) {
    const seq = ids.length;
    const total = this.#length + seq;
    const ints = (values) => BigInt64Array.from(values, BigInt);
    const feeds = {
      input_ids: this.#tensor("int64", ints(ids), [1, seq]),
      attention_mask: this.#tensor("int64", new BigInt64Array(total).fill(1n), [1, total]),
      ...this.#held,
    };
    if (this.#session.inputNames.includes("position_ids"))
      feeds.position_ids = this.#tensor("int64", ints(ids.map((_, i) => this.#length + i)), [1, seq]);
    const { logits, ...present } = await this.#session.run(feeds);
    for (const [name, tensor] of Object.entries(present))
      this.#held[name.replace("present", "past_key_values")] = tensor;
    this.#length = total;
    return logits;
  }

  #tensor(type, data, shape) {
    return new this.#runtime.Tensor(type, data, shape);
  }
}

function greatest(values) {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (values[i] > values[best]) best = i;
  return best;
}

/** The tasks of a decoder, given a function that opens a session. */
export const decodingWorks = (open) => ({
  async decode({ model, prompt, count, threads }) {
    const decoder = new OnnxDecoder(await open(threads, modelFile(model, "onnx")), model);
    return take(async function* () {
      let ids = tokens(1, prompt, dimensionsOf(model).vocabSize)[0];
      for (;;) {
        ids = [await decoder.step(ids)];
        yield ids[0];
      }
    }, count);
  },
  async prefill({ model, prompt, threads }) {
    const decoder = new OnnxDecoder(await open(threads, modelFile(model, "onnx")), model);
    const [ids] = tokens(1, prompt, dimensionsOf(model).vocabSize);
    let next;
    const repeat = async () => {
      decoder.reset();
      next = await decoder.step(ids);
    };
    return { repeat, check: () => [next] };
  },
});
