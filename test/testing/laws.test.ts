import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import {
  type AttentionOptions,
  attention,
  bert,
  DecoderBlock,
  EncoderBlock,
  encoderDecoder,
  FeedForward,
  gpt,
  type Ids,
  initialize,
  layerNorm,
  MultiHeadAttention,
  multiply,
  negate,
  ones,
  RMSNorm,
  rmsNorm,
  rotary,
  type Tensor,
  tanh,
  tensor,
} from "transformer-blocks";
import * as testing from "transformer-blocks/testing";
import { checkLaws, Law, type ModelLawPass, tensors } from "transformer-blocks/testing";
import { describe, expect, it, vi } from "vitest";
import { withKernels } from "../../src/kernels";
import { named } from "../kernels/implementations";

const { attentionLaws, rotaryLaws, layerNormLaws, rmsNormLaws, feedForwardLaws } = testing;
const { encoderBlockLaws, decoderBlockLaws, residualLaws, decoderModelLaws, encoderModelLaws } = testing;

const sizes = { dModel: 8, heads: 4 };
const seed = { seed: 1 };
const config = { ...sizes, vocabSize: 8, contextLength: 12, layers: 2, initialDeviation: 0.5 };

describe.each(named)("on %s the laws hold for", (_, { kernels }) => {
  const holds = (check: () => void) => () => withKernels(kernels, check);

  it(
    "attention",
    holds(() => checkLaws(attentionLaws, attention)),
  );

  it.each([false, true])("rotary positions, interleaved: %s", (interleaved) =>
    withKernels(kernels, () => checkLaws(rotaryLaws, (x, { positions }) => rotary(x, { positions, interleaved }))),
  );

  it(
    "normalization",
    holds(() => {
      checkLaws(layerNormLaws, (x) => layerNorm(x));
      checkLaws(rmsNormLaws, (x) => rmsNorm(x));
      checkLaws(rmsNormLaws, initialize(new RMSNorm({ dModel: 6 }), seed), { inputs: { dModel: 6 } });
    }),
  );

  it(
    "feed-forward layers",
    holds(() => {
      for (const gated of [false, true])
        checkLaws(feedForwardLaws, initialize(new FeedForward({ dModel: 8, gated }), seed), { runs: 30 });
    }),
  );

  it.each(["pre", "post"] as const)("blocks, %s-norm", (norm) =>
    withKernels(kernels, () => {
      for (const keyValueHeads of [4, 2, 1]) {
        const block = { ...sizes, keyValueHeads, norm };
        checkLaws(encoderBlockLaws, initialize(new EncoderBlock(block), seed), { runs: 30 });
        checkLaws(decoderBlockLaws, initialize(new DecoderBlock(block), seed), { runs: 30 });
      }
    }),
  );

  it(
    "blocks that add to their input",
    holds(() => {
      checkLaws(residualLaws, initialize(new EncoderBlock({ ...sizes, norm: "pre" }), seed), { runs: 30 });
      checkLaws(residualLaws, initialize(new DecoderBlock({ ...sizes, norm: "pre", gated: true }), seed), { runs: 30 });
    }),
  );

  it(
    "models",
    holds(() => {
      checkLaws(decoderModelLaws, gpt(config, seed), { runs: 30 });
      checkLaws(encoderModelLaws, bert(config, seed), { runs: 30 });
      const model = encoderDecoder(config, seed);
      const memories = [1, 2, 4].map((rows) => model.encode(Array.from({ length: rows }, () => [1, 2, 3])));
      const memoryOf = (rows: number) => memories.find(({ shape }) => shape[0] === rows)!;
      const decode = (ids: Ids, pass?: ModelLawPass) => model.decode(ids, memoryOf(ids.length), pass);
      checkLaws(decoderModelLaws, decode, { runs: 30 });
      checkLaws(encoderModelLaws, (ids, pass) => model.encode(ids, pass), { runs: 30 });
    }),
  );
});

describe("a law on a given input", () => {
  const input = {
    q: tensor([[[[1, 2]], [[0, 1]]]]),
    k: tensor([[[[1, 0]], [[2, 1]]]]),
    v: tensor([[[[1, 5]], [[3, 7]]]]),
  } as const;
  const { oneKey, causality, weightsSumToOne } = attentionLaws;

  it("says whether it holds, of a function or of what has it as its forward", () => {
    expect(oneKey.holds(attention, input)).toBe(true);
    expect(oneKey.holds({ forward: attention }, input)).toBe(true);
    expect(oneKey.holds((q, k, v) => multiply(attention(q, k, v), 2) as Tensor, input)).toBe(false);
    expect(() => oneKey.expect(attention, input)).not.toThrow();
  });

  it("names theorem, source, place and numbers where it does not", () => {
    const open = (...[q, k, v]: Parameters<typeof attention>) => attention(q, k, v);
    const error =
      /^attention, a causal query sees .*: at \[0, 0, 0, [01]\] the left side is [\d.]+, the right side [15]; they differ by [\d.]+, more than [\d.e-]+\. The law is A\(q, k, v; causal\)ᵢ = A\(qᵢ, k≤ᵢ, v≤ᵢ\) \(Vaswani et al. 2017 \(arXiv 1706.03762\), section 3.2.3\)$/;
    expect(() => causality.expect(open, { ...input, place: 0 })).toThrow(error);
    expect(causality.holds(open, { ...input, place: 1 })).toBe(true);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY])("does not hold where both sides are %s", (value) => {
    const broken = (q: Tensor) => multiply(q, value) as Tensor;
    expect(attentionLaws.groupedHeads.holds(broken, input)).toBe(false);
  });

  it("does not hold where the output has another shape, and names both", () => {
    const wide = () => ones([1, 2, 1, 3]);
    expect(() => weightsSumToOne.expect(wide, input)).toThrow("[1, 2, 1, 3], the right side [1, 2, 1, 2]");
    expect(weightsSumToOne.holds(wide, input)).toBe(false);
  });

  it("says once what several laws say in the same words, and names them all", () => {
    const broken = (): Tensor => {
      throw new TypeError("a layer is missing");
    };
    let message = "";
    try {
      checkLaws(attentionLaws, broken, { runs: 2 });
    } catch (error) {
      expect(error).toBeInstanceOf(TypeError);
      message = (error as Error).message;
    }
    expect(message.split("a layer is missing")).toHaveLength(2);
    expect(message.match(/Its smallest counterexample/g)).toHaveLength(1);
    for (const { name } of Object.values(attentionLaws)) expect(message).toContain(name);
    // What differs stays apart.
    const own = (q: Tensor, k: Tensor, v: Tensor) => multiply(attention(q, k, v), 2) as Tensor;
    const { oneKey, hull } = attentionLaws;
    expect(() => checkLaws({ oneKey, hull }, own, { runs: 5 })).toThrow(
      new RegExp(`^${oneKey.name}: [^]*\\n\\n${hull.name}: `),
    );
  });

  it("refuses what is no implementation, no input, or returns no tensor", () => {
    // @ts-expect-error an attention is a function
    expect(() => oneKey.holds(1, input)).toThrow(/^attention, of one key.*: implementation must be a function/);
    // @ts-expect-error v is missing
    expect(() => oneKey.holds(attention, { q: input.q, k: input.k })).toThrow(/: v must be a Tensor/);
    // @ts-expect-error a number is no tensor
    expect(() => oneKey.holds(() => 1, input)).toThrow(/what the implementation returns must be a Tensor, not 1/);
    expect(() => causality.holds(attention, { ...input, place: 7 })).toThrow(RangeError);
  });

  it("leaves parameters as they were, also when the block throws", () => {
    const block = initialize(new DecoderBlock({ ...sizes, norm: "pre" }), seed);
    const values = () => [...block.parameters().values()].map(({ data }) => [...data]);
    const before = values();
    const { identityAtZero } = residualLaws;
    expect(identityAtZero.holds(block, { x: ones([1, 2, 8]) })).toBe(true);
    expect(values()).toEqual(before);
    const forward = () => {
      throw new Error("from the block");
    };
    const failing = { parameters: () => block.parameters(), forward };
    expect(() => identityAtZero.holds(failing, { x: ones([1, 2, 8]) })).toThrow("from the block");
    expect(values()).toEqual(before);
  });
});

describe("a law of one's own", () => {
  const odd = new Law({
    name: "odd function",
    statement: "f(−x) = −f(x)",
    source: "definition",
    arbitrary: () => tensors([4]),
    sides: (f: (x: Tensor) => Tensor, x: Tensor) => ({ left: f(negate(x)), right: negate(f(x)) }),
  });

  it("is checked like any other", () => {
    fc.assert(fc.property(odd.arbitrary(), (x) => odd.holds(tanh, x)));
    checkLaws({ odd }, tanh);
    expect(() => checkLaws({ odd }, (x) => multiply(x, x) as Tensor)).toThrow("The law is f(−x) = −f(x) (definition)");
  });

  it("holds within its tolerance, relative to the size of the numbers", () => {
    const near = (tolerance: number, size?: number) =>
      new Law({
        ...{ name: "near", statement: "x + 1 = x", source: "none", tolerance },
        arbitrary: () => tensors([1]),
        sides: (f: (x: Tensor) => Tensor, x: Tensor) => ({ left: f(x), right: x, size }),
      }).holds((x) => multiply(x, 2) as Tensor, tensor([8]));
    expect([near(1), near(0.9), near(0.1, 80), near(0.1, 79)]).toEqual([true, false, true, false]);
  });
});

describe("checkLaws", () => {
  const twice = (...given: Parameters<typeof attention>) => multiply(attention(...given), 2) as Tensor;
  const { hull, oneKey, scale } = attentionLaws;

  it("says for which laws an implementation threw", () => {
    const failing = (): Tensor => {
      throw new RangeError("from the implementation");
    };
    const error =
      /^attention, outputs lie[^:]*, and 1 more law \(attention, of one key[^:]*\): from the implementation\n.*$/;
    expect(() => checkLaws({ hull, oneKey }, failing, { seed: 5 })).toThrow(error);
  });

  it("states each law that does not hold, with a counterexample that can be pasted", () => {
    const error =
      /^attention, outputs lie.*smallest counterexample with seed 5: \{"q":tensor\(.*\n\nattention, of one key.*$/s;
    expect(() => checkLaws({ hull, oneKey }, twice, { seed: 5 })).toThrow(error);
  });

  it("draws as many inputs as asked for, the same for a seed, with the sizes that are given", () => {
    const seen = (seedOfInputs: number) => {
      const shapes: string[] = [];
      const watched = (...given: [q: Tensor, k: Tensor, v: Tensor, options?: AttentionOptions]) => {
        shapes.push(`${given[0].shape} ${given[1].shape}`);
        return attention(...given);
      };
      checkLaws({ scale }, watched, { seed: seedOfInputs, runs: 7, inputs: { grouped: false, maxHeadDim: 1 } });
      return shapes;
    };
    expect(seen(1)).toHaveLength(7);
    expect(seen(1)).toEqual(seen(1));
    expect(seen(1)).not.toEqual(seen(2));
    expect(seen(1).every((shape) => shape.endsWith(",1"))).toBe(true);
  });

  it("takes an implementation's own sizes", () => {
    const inputs = { dModel: 12, maxLength: 3 };
    checkLaws(encoderBlockLaws, initialize(new MultiHeadAttention({ dModel: 12, heads: 3 }), seed), {
      runs: 5,
      inputs,
    });
    expect(() => checkLaws(feedForwardLaws, initialize(new FeedForward({ dModel: 12 }), seed))).toThrow(/12/);
  });
});

describe("without fast-check", () => {
  it("comparisons, the gradient check and laws on given inputs work, and drawing says what to install", async () => {
    vi.resetModules();
    vi.doMock("fast-check", () => {
      throw new Error("not installed");
    });
    const { tensor: make, softmax, attention: attend } = await import("../../src");
    const alone = await import("../../src/testing");
    const install = /inputs are drawn by fast-check; install it: npm install --save-dev fast-check/;
    const [x, one] = [make([[1, 2]]), make([[[[1]]]])];
    expect(alone.close(x, x, 0)).toBe(true);
    expect(alone.checkGradients((a) => softmax(a), [x]).maxRelativeError).toBeLessThan(1e-4);
    expect(alone.attentionLaws.oneKey.holds(attend, { q: one, k: one, v: one })).toBe(true);
    expect(() => alone.tensors()).toThrow(install);
    expect(() => alone.attentionInputs()).toThrow(install);
    expect(() => alone.checkLaws(alone.attentionLaws, attend)).toThrow(install);
    for (const [list, laws] of Object.entries(alone))
      if (list.endsWith("Laws") && typeof laws === "object")
        for (const law of Object.values<Law<unknown, unknown>>(laws as never))
          expect(() => law.arbitrary(), law.name).toThrow(install);
    vi.doUnmock("fast-check");
    vi.resetModules();
  });
});

describe("what is written of each law is what it says", () => {
  const root = fileURLToPath(new URL("../../", import.meta.url));
  const plain = (text: string) => text.replace(/^\s*\* ?/gm, "").replace(/\s+/g, " ");
  const folder = `${root}src/testing/laws`;
  const comments = readdirSync(folder)
    .flatMap((file) => readFileSync(`${folder}/${file}`, "utf8").match(/\/\*\*.*?\*\//gs) ?? [])
    .map((comment) => plain(comment.slice(3, -2)));
  const page = readFileSync(`${root}docs/testing.md`, "utf8");
  const laws = Object.entries(testing).flatMap(([list, each]) =>
    list.endsWith("Laws") && typeof each === "object"
      ? Object.entries(each).map(([name, law]) => ({ name: `${list}.${name}`, law, row: name }))
      : [],
  );

  it.each(laws)("$name", ({ law, row }) => {
    expect(comments).toContainEqual(expect.stringContaining(`${law.statement}. @see ${law.source}`));
    expect(page).toContain(`| \`${row}\` | ${law.statement.replaceAll("|", "\\|")} | ${law.source} |`);
  });
});
