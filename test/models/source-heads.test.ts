import { describe, expect, it } from "vitest";
import { Linear, OutputHead, TokenPooling } from "../../src/blocks";
import { initialize } from "../../src/blocks/initialize";
import { DecoderModel, EncoderDecoderModel, encoderDecoder } from "../../src/models";

const sizes = { vocabSize: 12, contextLength: 8, dModel: 8, heads: 2, layers: 1, padToken: 0, startToken: 2 };
const { encoder, decoder } = encoderDecoder(sizes, { seed: 1 });
const { embedding, position, blocks } = decoder;
const headless = new DecoderModel({ ...decoder.config, embedding, position, blocks });
const tokens = [[5, 6, 7, 0]];

describe("a source that is its own target", () => {
  const whole = (more: object) => new EncoderDecoderModel({ encoder, decoder, ...more });

  it("comes after the start token, or after its last token that is not padding", () => {
    expect(whole({ startToken: 2 }).forward(tokens)).toEqual(whole({}).forward(tokens, [[2, 5, 6, 7]]));
    expect(whole({ shift: "lastToken" }).forward(tokens)).toEqual(whole({}).forward(tokens, [[7, 5, 6, 7]]));
  });

  it("needs a start token", () => {
    expect(() => whole({}).forward(tokens)).toThrow(
      new RangeError("EncoderDecoderModel: config.startToken is missing; set it, or give targetIds"),
    );
  });

  it("is scored by a head that sees the source's own tokens", () => {
    const pooler = new TokenPooling({ kind: "last", only: 6 });
    const head = initialize(new OutputHead({ kind: "sequenceClass", dModel: 8, labels: 3, pooler }), { seed: 2 });
    const scores = new EncoderDecoderModel({ encoder, decoder: headless, head, startToken: 2 }).forward(tokens);
    const hidden = whole({}).hidden([[2, 5, 6, 7]], { memory: encoder.hidden(tokens) });
    expect(scores.data).toEqual(head.forward(hidden, {}, tokens).data);
    expect(() => whole({ head })).toThrow("head has no effect beside that of the decoder");
  });

  it("is read through a projection to the decoder's width", () => {
    const projection = initialize(new Linear({ inFeatures: 8, outFeatures: 8 }), { seed: 3 });
    const found = whole({ projection }).encode(tokens);
    expect(found).toEqual(projection.forward(encoder.hidden(tokens)));
  });
});
