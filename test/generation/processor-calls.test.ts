import { describe, expect, it } from "vitest";
import { type Processor, processors } from "../../src/generation";

type Makers = Omit<typeof processors, "detectWatermark">;

/** A processor of each kind. */
const made: { [Name in keyof Makers]: Processor } = {
  badWords: processors.badWords([[1]]),
  beginSuppressTokens: processors.beginSuppressTokens([1]),
  dry: processors.dry({ multiplier: 1 }),
  encoderNoRepeatNgram: processors.encoderNoRepeatNgram(2),
  encoderRepetitionPenalty: processors.encoderRepetitionPenalty(2),
  epsilonCutoff: processors.epsilonCutoff(0.1),
  etaCutoff: processors.etaCutoff(0.1),
  exponentialDecay: processors.exponentialDecay({ start: 1, factor: 2, endTokens: [1] }),
  forcedEndToken: processors.forcedEndToken(1),
  forcedStartToken: processors.forcedStartToken(1),
  frequencyPenalty: processors.frequencyPenalty(1),
  minLength: processors.minLength(3, { endTokens: [1] }),
  minNewTokens: processors.minNewTokens(3, { endTokens: [1] }),
  minP: processors.minP(0.1),
  mirostat: processors.mirostat(),
  noRepeatNgram: processors.noRepeatNgram(2),
  presencePenalty: processors.presencePenalty(1),
  renormalize: processors.renormalize(),
  repetitionPenalty: processors.repetitionPenalty(2),
  sequenceBias: processors.sequenceBias([[[1], 1]]),
  suppressTokens: processors.suppressTokens([1]),
  temperature: processors.temperature(2),
  topH: processors.topH(0.5),
  topK: processors.topK(2),
  topNSigma: processors.topNSigma(1),
  topP: processors.topP(0.5),
  typicalP: processors.typicalP(0.5),
  watermark: processors.watermark(),
  xtc: processors.xtc({ threshold: 0.1, probability: 1 }),
};

const scores = () => Float32Array.of(1, 2, 3);
const whole = { ids: [0, 1], source: [0], step: 1, limit: 4, last: true, random: undefined, memory: new Map() };

/** What happens in a call by hand, with contexts that lack a field or have a wrong one. */
function saidOf(call: () => unknown): string {
  try {
    call();
    return "nothing";
  } catch (error) {
    return `${(error as Error).name} ${(error as Error).message}`;
  }
}

describe("a processor that is called in one's own loop", () => {
  it.each(Object.entries(made))("%s names itself and the field of the context that it misses", (name, processor) => {
    const contexts: unknown[] = [
      ...[undefined, null, 1, "ids", []],
      ...Object.keys(whole).flatMap((field) => [
        { ...whole, [field]: undefined },
        { ...whole, [field]: "wrong" },
        { ...whole, [field]: -1 },
      ]),
    ];
    for (const context of contexts) {
      const said = saidOf(() => processor(scores(), context as never));
      expect(said).toMatch(new RegExp(`^(nothing|TypeError ${name}: context|RangeError xtc: it draws random numbers)`));
    }
    const outcomes = contexts.map((context) => saidOf(() => processor(scores(), context as never)));
    // Those that read the context refuse at least its absence.
    const reads = outcomes.some((said) => said !== "nothing");
    expect(outcomes[0] !== "nothing").toBe(reads);
  });

  it.each(Object.entries(made))("%s takes scores as a Float32Array only", (name, processor) => {
    for (const wrong of [[1, 2, 3], undefined, null, Float64Array.of(1, 2), "scores", 1])
      expect(saidOf(() => processor(wrong as never, whole))).toContain(
        `TypeError ${name}: scores must be a Float32Array`,
      );
  });
});
