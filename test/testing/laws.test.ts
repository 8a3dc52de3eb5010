import { attention, bert, encoderDecoder, gpt, initialize, layerNorm, rmsNorm, rotary, EncoderBlock, DecoderBlock, FeedForward } from "transformer-blocks";
import * as t from "transformer-blocks/testing";
import { describe, expect, it } from "vitest";
import { named } from "../kernels/implementations";
import { withKernels } from "../../src/kernels";

describe.each(named)("laws hold on %s", (_, { kernels }) => {
  const on = (f: () => void) => withKernels(kernels, f);
  it("attention", () => on(() => t.checkLaws(t.attentionLaws, attention, { runs: 1000 })));
  it("rotary", () => on(() => t.checkLaws(t.rotaryLaws, rotary, { runs: 1000 })));
  it("layerNorm", () => on(() => t.checkLaws(t.layerNormLaws, (x) => layerNorm(x), { runs: 1000 })));
  it("rmsNorm", () => on(() => t.checkLaws(t.rmsNormLaws, (x) => rmsNorm(x), { runs: 1000 })));
  it("ff", () => on(() => t.checkLaws(t.feedForwardLaws, initialize(new FeedForward({ dModel: 8 }), { seed: 1 }), { runs: 1000 })));
  for (const norm of ["pre", "post"] as const) {
    it("enc", () => on(() => t.checkLaws(t.encoderBlockLaws, initialize(new EncoderBlock({ dModel: 8, heads: 2, norm }), { seed: 1 }), { runs: 1000 })));
    it("dec", () => on(() => t.checkLaws(t.decoderBlockLaws, initialize(new DecoderBlock({ dModel: 8, heads: 2, norm }), { seed: 1 }), { runs: 1000 })));
  }
  it("res", () => on(() => t.checkLaws(t.residualLaws, initialize(new DecoderBlock({ dModel: 8, heads: 2, norm: "pre" }), { seed: 1 }), { runs: 1000 })));
  const config = { vocabSize: 8, contextLength: 12, dModel: 8, heads: 2, layers: 2, initialDeviation: 0.5 };
  it("gpt", () => on(() => t.checkLaws(t.decoderModelLaws, gpt(config, { seed: 1 }), { runs: 300 })));
  it("bert", () => on(() => t.checkLaws(t.encoderModelLaws, bert(config, { seed: 1 }), { runs: 300 })));
});
