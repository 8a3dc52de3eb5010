import fc from "fast-check";
import { describe, it } from "vitest";
import {
  attend,
  attention,
  attentionWeights,
  multiply,
  sum,
  type Tensor,
  tensor,
  valueAndGradients,
} from "../../../src/tensor";
import { attentionInputs, close, tensors } from "../../../src/testing";

const holds = <T>(arbitrary: fc.Arbitrary<T>, law: (drawn: T) => boolean) => {
  fc.assert(fc.property(arbitrary, law), { numRuns: 200 });
};

/** A window, a softcap and a bias that repeats along some axes and may hide keys, beside a mask: each may be missing. */
const drawn = attentionInputs().chain((inputs) => {
  const { q, k } = inputs;
  const full = [q.shape[0], q.shape[2], q.shape[1], k.shape[1]];
  const values = fc.oneof(
    { weight: 9, arbitrary: fc.integer({ min: -32, max: 32 }).map((number) => number / 16) },
    { weight: 1, arbitrary: fc.constant(Number.NEGATIVE_INFINITY) },
  );
  const repeated = fc.tuple(fc.boolean(), fc.boolean(), fc.boolean(), fc.boolean(), fc.nat({ max: 4 }));
  const bias = repeated.chain(([...axes]) => {
    const shape = full.map((size, axis) => (axes[axis] ? 1 : size));
    const missing = axes.slice(0, axes[4]).every((axis) => axis === true) ? axes[4] : 0;
    return tensors(shape.slice(missing), { values });
  });
  const options = fc.record({
    mask: fc.option(tensors(full, { values: fc.constantFrom(0, 1) }), { nil: undefined }),
    causal: fc.boolean(),
    window: fc.option(fc.integer({ min: 1, max: 5 }), { nil: undefined }),
    softcap: fc.constantFrom(undefined, 0.5, 4),
    bias: fc.option(bias, { nil: undefined }),
  });
  return fc.record({ inputs: fc.constant(inputs), options });
});

describe("attention with a window, a softcap and a bias", () => {
  it("equals its explicit form with a window, a softcap and a bias", () => {
    holds(drawn, ({ inputs: { q, k, v }, options }) =>
      close(attention(q, k, v, options), attend(attentionWeights(q, k, options), v), 1e-5),
    );
  });

  it("is changed by no bias that is one number, however large", () => {
    holds(attentionInputs(), ({ q, k, v }) =>
      [0, 3, -1e9, 1e9].every((number) =>
        close(attention(q, k, v, { bias: tensor(number) }), attention(q, k, v), 1e-5),
      ),
    );
  });

  it("has the gradients of its explicit form, with all of these", () => {
    holds(drawn, ({ inputs: { q, k, v }, options }) => {
      const over: Tensor[] = options.bias ? [q, k, v, options.bias] : [q, k, v];
      const of = (form: () => Tensor) => {
        const { gradients } = valueAndGradients(over, () => sum(multiply(form(), form())));
        return over.map((x) => gradients.get(x));
      };
      const fused = of(() => attention(q, k, v, options));
      const explicit = of(() => attend(attentionWeights(q, k, options), v));
      return fused.every((gradient, i) => close(gradient, explicit[i]!, 1e-3));
    });
  });

  it("sees in a window what a mask of it shows", () => {
    const windowed = fc.tuple(attentionInputs({ maxLength: 7 }), fc.integer({ min: 1, max: 8 }), fc.boolean());
    holds(windowed, ([{ q, k, v }, window, causal]) => {
      const [queries, keys] = [q.shape[1], k.shape[1]];
      const seen = Array.from({ length: queries * keys }, (_, at) => {
        const ahead = (at % keys) - (Math.floor(at / keys) + keys - queries);
        return Math.abs(ahead) < window && (ahead <= 0 || !causal) ? 1 : 0;
      });
      const mask = tensor(Float32Array.from(seen), [queries, keys]);
      return close(attention(q, k, v, { window, causal }), attention(q, k, v, { mask }), 1e-6);
    });
  });

  it("leaves scores as they are under a large softcap and a bias that is the same for all keys", () => {
    holds(attentionInputs(), ({ q, k, v }) =>
      close(attention(q, k, v, { softcap: 1e6, bias: tensor([3]) }), attention(q, k, v), 1e-4),
    );
  });
});
