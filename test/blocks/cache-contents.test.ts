import {
  gpt,
  KeyValueCache,
  type Module,
  MultiHeadAttention,
  ones,
  ShapeError,
  type Tensor,
  tensor,
  valueAndGradients,
  zeros,
} from "transformer-blocks";
import { describe, expect, it } from "vitest";
import { RunningSum } from "./running-sum";

const sizes = { vocabSize: 9, contextLength: 24, dModel: 8, heads: 2, layers: 2, position: "rotary" } as const;
const withLayer = (layer: () => Module) => {
  const model = gpt(sizes, { seed: 1 });
  for (const block of model.blocks) Object.assign(block, { feedForward: layer() });
  return model;
};
describe("the keys and values of a memory are kept when rows are reordered with their memory", () => {
  const attention = new MultiHeadAttention({ dModel: 4, heads: 2 });
  const asked = (cache: KeyValueCache, source: Tensor): boolean => {
    let computed = false;
    cache.remember(attention, source, () => {
      computed = true;
      return { k: ones([source.shape[0]!, 3, 2, 2]), v: ones([source.shape[0]!, 3, 2, 2]), keys: 3 };
    });
    return computed;
  };

  it("and computed again if no memory is given", () => {
    const [first, same] = [zeros([2, 3, 4]), zeros([2, 3, 4])];
    const cache = new KeyValueCache({ capacity: 4 });
    expect(asked(cache, first)).toBe(true);
    cache.reorder([1, 0], first);
    expect(asked(cache, first)).toBe(false);
    cache.reorder([1, 0], same);
    expect(asked(cache, same)).toBe(false);
    cache.reorder([1, 0]);
    expect(asked(cache, same)).toBe(true);
  });
});

describe("what a cache cannot do says so and changes nothing", () => {
  const filled = () => {
    const model = withLayer(() => new RunningSum());
    const cache = new KeyValueCache({ capacity: 8 });
    model.forward(
      [
        [1, 2],
        [3, 4],
      ],
      { cache },
    );
    return { model, cache };
  };
  const next = ({ model, cache }: ReturnType<typeof filled>) => model.forward([[5], [6]], { cache }).toArray();
  const refused: Record<string, readonly [(cache: KeyValueCache) => unknown, new (message: string) => Error, RegExp]> =
    {
      "a row that is not there": [(cache) => cache.reorder([0, 2]), RangeError, /holds 2 rows.*no row 2/],
      "a memory of other rows": [(cache) => cache.reorder([0, 1], ones([3, 1, 8])), ShapeError, /does not have 2 rows/],
      "more than it holds": [(cache) => cache.truncate(3), RangeError, /holds 2 positions: it cannot keep 3/],
      "a part of a text with a state": [(cache) => cache.truncate(1), Error, /state of the whole text.*fork the cache/],
      "tensors of different batches": [
        (cache) => cache.append(new RunningSum(), { a: ones([2, 1]), b: ones([3, 1]) }),
        ShapeError,
        /a.*and b.*must both start with the same \[batch, seq, …\]/,
      ],
      "no tensors": [(cache) => cache.keep(new RunningSum(), {}), TypeError, /tensors by name/],
      "a state without rows": [(cache) => cache.keep(new RunningSum(), { a: tensor(1) }), ShapeError, /\[batch, …\]/],
      "the state of a module that kept none": [
        (cache) => cache.recall(new RunningSum(), ones([2, 1])),
        Error,
        /another/,
      ],
      "a state while gradients are recorded": [
        (cache) =>
          valueAndGradients([ones([1])], () => {
            cache.keep(new RunningSum(), { a: ones([1]) });
            return ones([]);
          }),
        Error,
        /while gradients are recorded/,
      ],
    };
  it.each(Object.entries(refused))("%s", (_, [run, kind, message]) => {
    const used = filled();
    expect(() => run(used.cache)).toThrow(kind);
    expect(() => run(used.cache)).toThrow(message);
    expect(next(used)).toEqual(next(filled()));
  });

  it("and a batch of another size finds its state", () => {
    const { model, cache } = filled();
    expect(() => model.forward([[1]], { cache })).toThrow(/the cache holds 2 rows; this batch has 1/);
  });

  it("and the state of a pass that failed is not recalled", () => {
    const [used, fresh] = [filled(), filled()];
    const last = used.model.blocks[1]!.feedForward;
    const failing = {
      forward: () => {
        throw new Error("on purpose");
      },
    };
    used.model.blocks[1]!.feedForward.forward = failing.forward;
    expect(() => used.model.forward([[7], [8]], { cache: used.cache })).toThrow();
    delete (last as Partial<typeof last>).forward;
    expect(next(used)).toEqual(next(fresh));
  });
});
