import * as fc from "fast-check";
import {
  add,
  type Caching,
  cumulativeSum,
  encoderDecoder,
  gpt,
  type Ids,
  indexSelect,
  KeyValueCache,
  Module,
  MultiHeadAttention,
  ones,
  type Pass,
  type Sequence,
  ShapeError,
  slice,
  type Tensor,
  tensor,
  valueAndGradients,
  zeros,
} from "transformer-blocks";
import { describe, expect, it } from "vitest";
import { normal } from "../kernels/compare";

/** yᵢ = x₁ + … + xᵢ, whose state is the last y. */
class RunningSum extends Module {
  override get caching(): Caching {
    return "keeps";
  }

  forward(x: Tensor<Sequence>, pass: Pass = {}): Tensor<Sequence> {
    const sums: Tensor = cumulativeSum(x, { axis: 1 });
    const before = pass.cache?.recall(this, x)?.sum;
    const y = before ? add(sums, before) : sums;
    pass.cache?.keep(this, { sum: slice(y, { axis: 1, start: -1 }) });
    return y as Tensor<Sequence>;
  }
}

/** Appends under its own names, [batch, seq, dModel]; each position gets the sum of all so far. */
class AppendedSum extends RunningSum {
  override get caching(): Caching {
    return "keeps";
  }

  override forward(x: Tensor<Sequence>, pass: Pass = {}): Tensor<Sequence> {
    if (!pass.cache) return cumulativeSum(x, { axis: 1 });
    const { inputs, keys } = pass.cache.append(this, { inputs: x });
    const all: Tensor = cumulativeSum(slice(inputs, { axis: 1, end: keys }), { axis: 1 });
    return slice(all, { axis: 1, start: -x.shape[1] }) as Tensor<Sequence>;
  }
}

const sizes = { vocabSize: 9, contextLength: 24, dModel: 8, heads: 2, layers: 2, position: "rotary" } as const;
const withLayer = (layer: () => Module) => {
  const model = gpt(sizes, { seed: 1 });
  for (const block of model.blocks) Object.assign(block, { feedForward: layer() });
  return model;
};
const memory = tensor(normal(3, "memory", 2 * 3 * 8), [2, 3, 8]);

interface Subject {
  run(ids: Ids, rows: readonly number[], pass: Pass): Tensor;
  hasMemory?: true;
  truncates: boolean;
}
const ofDecoder = (model: ReturnType<typeof gpt>, truncates: boolean): Subject => ({
  run: (ids, _, pass) => model.forward(ids, pass),
  truncates,
});
const translator = encoderDecoder(sizes, { seed: 1 });
const subjects: Record<string, Subject> = {
  "keys and values": ofDecoder(gpt(sizes, { seed: 1 }), true),
  "tensors by name for each position": ofDecoder(
    withLayer(() => new AppendedSum()),
    true,
  ),
  "a state of the whole text": ofDecoder(
    withLayer(() => new RunningSum()),
    false,
  ),
  "keys and values of a memory": {
    run: (ids, rows, pass) => translator.decode(ids, pass.memory ?? chosen(rows), { ...pass, memory: undefined }),
    hasMemory: true,
    truncates: true,
  },
};
const chosen = (rows: readonly number[]) => indexSelect(memory, rows, { axis: 0 }) as Tensor<Sequence>;

const distance = (a: Tensor, b: Tensor): number =>
  a.data.reduce((most, value, i) => Math.max(most, Math.abs(value - b.data[i]!)), 0);

type Action =
  | { kind: "append"; tokens: number[] }
  | { kind: "reorder"; picks: number[] }
  | { kind: "fork"; tokens: number[] }
  | { kind: "truncate"; keep: number };
const tokens = fc.array(fc.nat({ max: 8 }), { minLength: 1, maxLength: 3 });
const actions = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant("append" as const), tokens }),
    fc.record({ kind: fc.constant("fork" as const), tokens }),
    fc.record({
      kind: fc.constant("reorder" as const),
      picks: fc.array(fc.nat({ max: 9 }), { minLength: 1, maxLength: 3 }),
    }),
    fc.record({ kind: fc.constant("truncate" as const), keep: fc.nat({ max: 9 }) }),
  ),
  { minLength: 1, maxLength: 6 },
);

/** Texts with a cache, compared with the texts alone after each step. */
class Texts {
  cache = new KeyValueCache({ capacity: 24 });
  rows: number[] = [0, 1];
  texts: number[][] = [[], []];
  memory = chosen(this.rows);
  constructor(readonly subject: Subject) {}

  append(next: readonly number[]): void {
    const given = this.texts.map((_, row) => next.map((id) => (id + row) % 9));
    this.texts = this.texts.map((text, row) => [...text, ...given[row]!]);
    const pass = { cache: this.cache, ...(this.subject.hasMemory && { memory: this.memory }) };
    const found = this.subject.run(given, this.rows, pass);
    const whole = this.subject.run(this.texts, this.rows, {});
    expect(found.shape).toEqual([this.texts.length, next.length, 9]);
    expect(distance(found, slice(whole, { axis: 1, start: -next.length }))).toBeLessThan(1e-5);
  }

  do(action: Action): void {
    if (action.kind === "append") this.append(action.tokens);
    if (action.kind === "reorder") {
      const rows = action.picks.map((pick) => pick % this.texts.length);
      [this.texts, this.rows] = [rows.map((row) => this.texts[row]!), rows.map((row) => this.rows[row]!)];
      this.memory = chosen(this.rows);
      this.cache.reorder(rows, this.subject.hasMemory && this.memory);
    }
    if (action.kind === "truncate") {
      const keep = action.keep % (this.cache.length + 1);
      if (!this.subject.truncates && keep > 0 && keep < this.cache.length) {
        expect(() => this.cache.truncate(keep)).toThrow(/a RunningSum keeps a state of the whole text/);
        return;
      }
      this.cache.truncate(keep);
      this.texts = this.texts.map((text) => text.slice(0, keep));
    }
    if (action.kind === "fork") {
      const other = Object.assign(new Texts(this.subject), { ...this, cache: this.cache.fork() });
      other.append(action.tokens);
      other.do({ kind: "reorder", picks: [0] });
    }
  }
}

describe("a cache that is forked, reordered and truncated goes on as if the text had been read from its start", () => {
  it.each(Object.entries(subjects))("with %s", (_, subject) => {
    fc.assert(
      fc.property(actions, (drawn) => {
        const texts = new Texts(subject);
        texts.append([1, 2]);
        for (const action of drawn) if (texts.cache.length < 16) texts.do(action);
        texts.append([3]);
      }),
      { numRuns: 25, seed: 1 },
    );
  });
});

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
