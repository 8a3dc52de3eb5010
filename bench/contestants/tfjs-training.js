import { buildModel } from "../models/build.js";
import { tokens } from "../random.js";

const epsilon = 1e-5;

/** A GPT in TensorFlow.js with our weights, and a step of Adam. */
export function trainingStepOf(tf, { model: name, batch, seq }) {
  const source = buildModel(name);
  const { dModel, heads, layers, vocabSize } = source.config;
  const weights = new Map(
    [...source.parameters()].map(([path, { shape, data }]) => [path, tf.variable(tf.tensor(data, [...shape]))]),
  );
  const rows = tokens(batch, seq + 1, vocabSize);
  // Its wasm backend has no gradient for embedding lookups, so the table is multiplied by one-hot vectors.
  const hot = (ids) => tf.oneHot(tf.tensor1d(ids.flat(), "int32"), vocabSize).toFloat();
  const [inputs, targets] = [hot(rows.map((row) => row.slice(0, -1))), hot(rows.map((row) => row.slice(1)))];
  const mask = tf.tensor2d(
    Float32Array.from({ length: seq * seq }, (_, i) => (i % seq > Math.floor(i / seq) ? -1e9 : 0)),
    [seq, seq],
  );

  const linear = (x, path) => tf.matMul(x, weights.get(`${path}.weight`), false, true).add(weights.get(`${path}.bias`));
  const norm = (x, path) => {
    const centered = x.sub(x.mean(-1, true));
    const deviation = centered.square().mean(-1, true).add(epsilon).sqrt();
    return centered
      .div(deviation)
      .mul(weights.get(`${path}.weight`))
      .add(weights.get(`${path}.bias`));
  };
  const gelu = (x) =>
    x.mul(0.5).mul(
      x
        .add(x.mul(x).mul(x).mul(0.044715))
        .mul(Math.sqrt(2 / Math.PI))
        .tanh()
        .add(1),
    );
  const split = (x) => x.reshape([batch, seq, heads, dModel / heads]).transpose([0, 2, 1, 3]);
  const attention = (x, path) => {
    const [q, k, v] = ["query", "key", "value"].map((part) => split(linear(x, `${path}.${part}`)));
    const scores = tf.matMul(q, k, false, true).mul(1 / Math.sqrt(dModel / heads));
    const context = tf.matMul(scores.add(mask).softmax(), v);
    return linear(context.transpose([0, 2, 1, 3]).reshape([batch * seq, dModel]), `${path}.output`);
  };
  const loss = () => {
    const positions = weights.get("position.weight").slice([0, 0], [seq, dModel]);
    const embedded = tf.matMul(inputs, weights.get("embedding.weight"));
    let x = embedded
      .reshape([batch, seq, dModel])
      .add(positions)
      .reshape([batch * seq, dModel]);
    for (let l = 0; l < layers; l++) {
      x = x.add(attention(norm(x, `blocks.${l}.attentionNorm`), `blocks.${l}.attention`));
      const hidden = gelu(linear(norm(x, `blocks.${l}.feedForwardNorm`), `blocks.${l}.feedForward.up`));
      x = x.add(linear(hidden, `blocks.${l}.feedForward.down`));
    }
    const logits = tf.matMul(norm(x, "norm"), weights.get("embedding.weight"), false, true);
    return tf.losses.softmaxCrossEntropy(targets, logits);
  };

  const optimizer = tf.train.adam(1e-3);
  const losses = [];
  const repeat = async () => {
    const value = optimizer.minimize(loss, true);
    losses.push((await value.data())[0]);
    value.dispose();
  };
  return { repeat, check: () => losses.slice(0, 1) };
}
