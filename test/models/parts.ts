import type { DecoderModel, DecoderParts, EncoderDecoderModel, EncoderDecoderParts } from "../../src/models";

/** The parts of a model, to make one of another class. */
export function partsOf({ config, ...parts }: DecoderModel): DecoderParts {
  return { ...config, ...parts };
}

/** The two models that an encoder-decoder is made of, and its start token. */
export const modelsOf = ({ encoder, decoder, config }: EncoderDecoderModel): EncoderDecoderParts => ({
  ...{ encoder, decoder },
  startToken: config.startToken,
});
