import { encoderOf, expectText, type Loaded } from "./pretrained";

export interface EmbedOptions {
  /** The mean over a text's tokens, or the vector of its first token; "mean" unless given. */
  pooling?: "mean" | "first" | undefined;
  /** Divide each vector by its length, so that dot products are cosines; true unless given. */
  normalize?: boolean | undefined;
}

/**
 * A vector of meaning for each text: the encoder's last hidden states, pooled.
 *
 * @throws TypeError if the model is not an encoder
 * @see Reimers and Gurevych 2019, Sentence-BERT (arXiv 1908.10084), section 3
 */
export async function embed(
  pretrained: Loaded,
  texts: readonly string[],
  options: EmbedOptions = {},
): Promise<Float32Array[]> {
  const model = encoderOf("embed", pretrained);
  const { pooling = "mean", normalize = true } = options;
  if (!Array.isArray(texts)) throw new TypeError("embed: texts must be an array of strings");
  texts.forEach((text, i) => {
    expectText("embed", `texts[${i}]`, text);
  });
  if (pooling !== "mean" && pooling !== "first")
    throw new RangeError(`embed: pooling must be "mean" or "first", not ${pooling}`);
  // One text at a time: no padding, and no text depends on its neighbours.
  const vectors: Float32Array[] = [];
  for (const text of texts) {
    const { ids, types } = pretrained.tokenizer.encode(text);
    const hidden = model.hidden([ids], { types: [types] });
    const vector = pool(await hidden.read(), ids.length, hidden.shape[2], pooling);
    vectors.push(normalize ? unit(vector) : vector);
  }
  return vectors;
}

function pool(hidden: Float32Array, seq: number, dModel: number, pooling: "mean" | "first"): Float32Array {
  if (pooling === "first") return hidden.slice(0, dModel);
  return new Float32Array(dModel).map((_, i) => {
    let sum = 0;
    for (let token = 0; token < seq; token++) sum += hidden[token * dModel + i]!;
    return sum / seq;
  });
}

function unit(vector: Float32Array): Float32Array {
  const length = Math.hypot(...vector);
  return length === 0 ? vector : vector.map((x) => x / length);
}
