/** Several blocks of an encoder in one call of the kernels: nobody can tell them from the blocks one by one. */
import { describe, expect, it } from "vitest";
import {
  add,
  type BlockConfig,
  Embedding,
  EncoderBlock,
  EncoderModel,
  initialize,
  Module,
  type Pass,
  quantize,
  type Sequence,
  type SequenceLayer,
  type Tensor,
} from "../../src";
import { withKernels } from "../../src/kernels";
import { counting } from "../kernels/counting";
import { named } from "../kernels/implementations";
import { expectSame, onThreads } from "../kernels/threaded";

const [dModel, vocabSize] = [64, 50];
const usual: BlockConfig = { dModel, heads: 4, dFeedForward: 96, activation: "relu" };
const block = (more: Partial<BlockConfig> = {}): EncoderBlock => new EncoderBlock({ ...usual, ...more });

/** x twice, a layer that the kernels do not know. */
class Doubled extends Module {
  override get keepsTextsApart(): boolean {
    return true;
  }

  forward(x: Tensor<Sequence>): Tensor<Sequence> {
    return add(x, x) as Tensor<Sequence>;
  }
}

/** Each list of blocks, those with 8-bit weights, and how many calls of the kernels it takes. */
const lists: readonly { what: string; blocks: () => SequenceLayer[]; eight?: number[]; calls: number }[] = [
  { what: "alike", blocks: () => [block(), block(), block(), block()], calls: 1 },
  { what: "of one block, as in ALBERT", blocks: () => new Array<SequenceLayer>(3).fill(block()), calls: 1 },
  { what: "whose heads change", blocks: () => [block(), block(), block({ heads: 2 }), block({ heads: 2 })], calls: 2 },
  { what: "whose widths change", blocks: () => [block(), block(), block({ dFeedForward: 160 })], calls: 2 },
  { what: "whose windows change", blocks: () => [block(), block({ window: 3 }), block({ window: 3 })], calls: 2 },
  {
    what: "with norms in other places",
    blocks: () => [block(), block({ norm: "pre" }), block({ norm: "pre" })],
    calls: 1,
  },
  { what: "with another layer between", blocks: () => [block(), block(), new Doubled(), block(), block()], calls: 2 },
  {
    what: "some of which have 8-bit weights",
    blocks: () => [block(), block(), block(), block()],
    eight: [2, 3],
    calls: 2,
  },
];

function modelOf(blocks: readonly SequenceLayer[], eight: readonly number[] = []): EncoderModel {
  const embedding = new Embedding({ vocabSize, dModel });
  const model = initialize(new EncoderModel({ vocabSize, contextLength: 512, embedding, blocks }), { seed: 1 });
  for (const place of eight) quantize(model.blocks[place]!, "q8");
  return model;
}

const lengths = [40, 3, 1, 13, 90, 22];
const ids = [Array.from({ length: 169 }, (_, i) => (7 * i) % vocabSize)];
const passes: Pass[] = [{ lengths }, { mask: [ids[0]!.map((_, i) => Number(i % 5 > 0))] }, {}];

const layers = /^encodeLayers$/;

/** A tap that wants nothing, but might: then the parts of each block run one by one. */
const tap: Pass["tap"] = { sees: () => false, take: (_module, _site, value) => value };

describe.each(named.filter(([name]) => name !== "reference"))(
  "blocks of an encoder: %s",
  (_name, { kernels: plain }) => {
    it.each(lists)("$what, in as few calls as can be", ({ blocks, eight, calls: wanted }) => {
      const { kernels, calls } = counting(plain, layers);
      withKernels(kernels, () => {
        const model = modelOf(blocks(), eight);
        for (const pass of passes) {
          const parts = model.hidden(ids, { ...pass, tap }).data;
          calls.count = 0;
          expect(model.hidden(ids, pass).data).toEqual(parts);
          expect(calls.count).toBe(wanted);
        }
      });
    });

    it("the same for any number of threads", async () => {
      const { kernels, calls } = counting(plain, layers);
      const runs = lists.map(({ what, blocks, eight, calls: wanted }) => {
        const model = withKernels(kernels, () => modelOf(blocks(), eight));
        const run = () => passes.map((pass) => withKernels(kernels, () => model.hidden(ids, pass).data));
        return { what, run, alone: run(), wanted: passes.length * wanted };
      });
      await onThreads([2, 3, 4, 8], () => {
        for (const { what, run, alone, wanted } of runs) {
          calls.count = 0;
          expectSame(run(), alone, what);
          expect(calls.count, what).toBe(wanted);
        }
      });
    });

    it("each in its own way, where numbers need it", () => {
      const { kernels, calls } = counting(plain, layers);
      withKernels(kernels, () => {
        const model = modelOf([block(), block(), block()]);
        const query = model.parameters().get("blocks.1.attention.query.weight")!;
        query.assign(query.data.map((value) => 1e20 * value));
        const parts = model.hidden(ids, { tap }).data;
        expect(model.hidden(ids).data).toEqual(parts);
      });
      // The first and the last block, each alone.
      expect(calls.count).toBe(2);
    });
  },
);
