import { buildModel } from "../models/build.js";
import { tokens } from "../random.js";

const [rate, first, second, tiny, decay] = [1e-3, 0.9, 0.999, 1e-8, 0.01];

/** A GPT in jax-js with our weights and a step of AdamW, compiled together. Without `.ref`, arrays are consumed. */
export function trainingStepOf({ jit, nn, numpy: np, valueAndGrad }, { model: name, batch, seq }) {
  const source = buildModel(name);
  const { dModel, heads, layers, vocabSize } = source.config;
  const entries = [...source.parameters()];
  const each = (f) => Object.fromEntries(entries.map(([path, parameter]) => [path, f(parameter, path)]));
  const rows = tokens(batch, seq + 1, vocabSize);
  const hot = (ids) => nn.oneHot(np.array(Int32Array.from(ids.flat()), { dtype: np.int32 }), vocabSize);
  const inputs = hot(rows.map((row) => row.slice(0, -1)));
  const targets = hot(rows.map((row) => row.slice(1)));

  const lossOf = (w, x1, y1) => {
    const linear = (x, path) => np.matmul(x, w[`${path}.weight`].ref.transpose()).add(w[`${path}.bias`].ref);
    const norm = (x, path) =>
      nn.standardize(x, -1, { epsilon: 1e-5 }).mul(w[`${path}.weight`].ref).add(w[`${path}.bias`].ref);
    const attention = (x, path) => {
      const [q, k, v] = ["query", "key", "value"].map((part) =>
        linear(x.ref, `${path}.${part}`).reshape([batch, seq, heads, dModel / heads]),
      );
      x.dispose();
      return linear(
        nn.dotProductAttention(q, k, v, { isCausal: true }).reshape([batch * seq, dModel]),
        `${path}.output`,
      );
    };
    const positions = w["position.weight"].ref.slice([0, seq]);
    let x = np.matmul(x1, w["embedding.weight"].ref).reshape([batch, seq, dModel]).add(positions);
    x = x.reshape([batch * seq, dModel]);
    for (let l = 0; l < layers; l++) {
      x = x.ref.add(attention(norm(x, `blocks.${l}.attentionNorm`), `blocks.${l}.attention`));
      const up = linear(norm(x.ref, `blocks.${l}.feedForwardNorm`), `blocks.${l}.feedForward.up`);
      x = x.add(linear(nn.gelu(up, { approximate: true }), `blocks.${l}.feedForward.down`));
    }
    const logits = np.matmul(norm(x, "norm"), w["embedding.weight"].ref.transpose());
    return nn
      .logSoftmax(logits, -1)
      .mul(y1)
      .sum()
      .mul(-1 / (batch * seq));
  };

  const step = jit((w, m, v, rates, x1, y1) => {
    const [value, gradients] = valueAndGrad(lossOf)(
      each((_, path) => w[path].ref),
      x1,
      y1,
    );
    const next = { w: {}, m: {}, v: {} };
    for (const [path] of entries) {
      const g = gradients[path];
      next.m[path] = m[path].mul(first).add(g.ref.mul(1 - first));
      next.v[path] = v[path].mul(second).add(g.ref.mul(g).mul(1 - second));
      const [mean, deviation] = [
        next.m[path].ref.mul(rates.ref.slice(0)),
        np.sqrt(next.v[path].ref.mul(rates.ref.slice(1))),
      ];
      next.w[path] = w[path].mul(1 - rate * decay).sub(mean.div(deviation.add(tiny)).mul(rate));
    }
    return { value, ...next };
  });

  let state = {
    w: each(({ shape, data }) => np.array(data.slice()).reshape([...shape])),
    m: each(({ shape }) => np.zeros([...shape])),
    v: each(({ shape }) => np.zeros([...shape])),
  };
  const losses = [];
  const repeat = async () => {
    const turn = losses.length + 1;
    const rates = np.array([1 / (1 - first ** turn), 1 / (1 - second ** turn)]);
    const { value, ...next } = step(state.w, state.m, state.v, rates, inputs.ref, targets.ref);
    losses.push((await value.data())[0]);
    for (const kind of Object.values(next)) for (const array of Object.values(kind)) await array.blockUntilReady?.();
    state = next;
  };
  return { repeat, check: () => losses.slice(0, 1) };
}
