import {
  type DecoderModel,
  Embedding,
  gpt,
  initialize,
  Module,
  type Pass,
  type Sequence,
  shared,
  type Tensor,
} from "transformer-blocks";
import { inspect } from "transformer-blocks/inspect";
import { describe, expect, it } from "vitest";

/** Counts how often it computes what it shares. */
class Counted extends Module {
  computed = 0;
  forward(x: Tensor<Sequence>, pass: Pass): Tensor<Sequence> {
    shared(pass, this, () => {
      this.computed++;
      return undefined;
    });
    return x;
  }
}

/** A model with the same module twice between its blocks. */
function sharingModel(): { model: DecoderModel; counted: Counted } {
  const model = gpt({ vocabSize: 8, contextLength: 8, dModel: 4, heads: 2, layers: 2 }, { seed: 1 });
  const counted = new Counted();
  for (const block of model.blocks) Object.assign(block, { feedForward: counted });
  return { model, counted };
}

describe("modules of one pass share what the first of them computes", () => {
  it("computes a value once in a pass, undefined too, and anew in the next one", () => {
    const { model, counted } = sharingModel();
    model.forward([[1, 2]]);
    expect(counted.computed).toBe(1);
    model.forward([[1, 2]]);
    expect(counted.computed).toBe(2);
    inspect(model, (pass) => model.forward([[3]], pass), { sites: [] });
    expect(counted.computed).toBe(3);
  });

  it("keeps what a larger model has shared", () => {
    const { model, counted } = sharingModel();
    const pass: Pass = { shared: new Map() };
    model.forward([[1, 2]], pass);
    model.forward([[1, 2]], pass);
    expect(counted.computed).toBe(1);
  });

  it("computes each time where a module runs by itself, and tells keys apart", () => {
    const counted = new Counted();
    const x = initialize(new Embedding({ vocabSize: 2, dModel: 4 }), { seed: 1 }).forward([[0, 1]]);
    counted.forward(x, {});
    counted.forward(x, {});
    expect(counted.computed).toBe(2);
    const pass: Pass = { shared: new Map() };
    expect(() => shared(pass, 1 as never, () => 1)).toThrow("shared: key must be an object, not 1");
    expect([shared(pass, counted, () => 1), shared(pass, x, () => 2), shared(pass, counted, () => 3)]).toEqual([
      1, 2, 1,
    ]);
  });
});
