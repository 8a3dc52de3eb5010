import { describe, expect, it } from "vitest";
import { ShapeError } from "../../src/errors";
import { type GenerateOptions, generate, generateStream } from "../../src/generation";
import { bert, encoderDecoder, gpt } from "../../src/models";

const config = { vocabSize: 9, contextLength: 6, dModel: 8, heads: 2, layers: 1 };
const model = gpt(config, { seed: 1 });
const ids = [
  [1, 2, 3],
  [4, 5, 6],
];

type ErrorClass = typeof TypeError | typeof RangeError | typeof ShapeError;

/** Hands on what the types would refuse. */
const untyped = (...given: unknown[]): Promise<unknown> => Reflect.apply(generate, undefined, given);

interface Wrong {
  options: Record<string, unknown>;
  error: ErrorClass;
  message: RegExp;
}

const wrongOptions: Wrong[] = [
  {
    options: { temperature: Number.NaN },
    error: RangeError,
    message: /temperature must be a finite number of 0 or more, not NaN/,
  },
  { options: { temperature: -1 }, error: RangeError, message: /temperature .* not -1/ },
  { options: { temperature: Number.POSITIVE_INFINITY }, error: RangeError, message: /temperature .* not Infinity/ },
  { options: { temperature: "1" }, error: TypeError, message: /temperature must be a finite number/ },
  { options: { topK: 0 }, error: RangeError, message: /topK must be a whole number of 1 or more, not 0/ },
  { options: { topK: 2.5 }, error: RangeError, message: /topK .* not 2.5/ },
  { options: { topP: 0 }, error: RangeError, message: /topP must be a finite number above 0 and up to 1, not 0/ },
  { options: { topP: 1.1 }, error: RangeError, message: /topP .* not 1.1/ },
  { options: { topP: Number.NaN }, error: RangeError, message: /topP .* not NaN/ },
  { options: { maxNewTokens: -1 }, error: RangeError, message: /maxNewTokens .* not -1/ },
  { options: { maxNewTokens: 1.5 }, error: RangeError, message: /maxNewTokens .* not 1.5/ },
  {
    options: { maxLength: 3 },
    error: RangeError,
    message: /row 0 of the prompt has 3 tokens, and maxLength allows 3; raise it, or pass maxNewTokens/,
  },
  {
    options: { maxLength: 5, minLength: 6 },
    error: RangeError,
    message: /minLength 6 requires 3 new tokens, more than maxLength 5; raise maxLength/,
  },
  {
    options: { decoderPrompt: [1] },
    error: TypeError,
    message: /decoderPrompt has no effect: the model has no encoder/,
  },
  {
    options: { sequences: 2 },
    error: RangeError,
    message: /sequences 2 would all be the same; use beams, or a temperature above 0/,
  },
  { options: { alternatives: 2 }, error: RangeError, message: /alternatives has no effect without onToken/ },
  { options: { guidance: {} }, error: TypeError, message: /guidance: scale is missing|scale must be/ },
  {
    options: { guidance: { scale: 2, negativePrompt: [9] } },
    error: RangeError,
    message: /negativePrompt: 9 in row 0/,
  },
  { options: { guidance: { scale: 2, negativePrompt: [] } }, error: RangeError, message: /negativePrompt is empty/ },
  {
    options: { guidance: { scale: 2, negativePrompt: [[1]] } },
    error: ShapeError,
    message: /negativePrompt has 1 rows, but ids has 2/,
  },
  { options: { seed: -1 }, error: RangeError, message: /seed .* not -1/ },
  { options: { seed: "x" }, error: TypeError, message: /seed must be a whole number/ },
  { options: { endTokens: 3 }, error: TypeError, message: /endTokens must be an array/ },
  { options: { endTokens: [1, -2] }, error: RangeError, message: /endTokens\[1\] .* not -2/ },
  { options: { signal: {} }, error: TypeError, message: /signal must be an AbortSignal/ },
  { options: { onToken: 1 }, error: TypeError, message: /onToken must be a function/ },
  { options: { cache: 1 }, error: TypeError, message: /cache must be true or false/ },
  { options: { outputScores: "yes" }, error: TypeError, message: /outputScores must be true or false/ },
  {
    options: { constraint: {} },
    error: TypeError,
    message: /constraint must be a function or a constraint, such as regex\(pattern\), not an object/,
  },
  { options: { temprature: 1 }, error: TypeError, message: /no option "temprature"; did you mean "temperature"/ },
  { options: { toString: 1 }, error: TypeError, message: /no option "toString"; the options are .*temperature/ },
  { options: { top_k: 1 }, error: TypeError, message: /no option "top_k"; did you mean "topK"/ },
  { options: { badWords: [3] }, error: TypeError, message: /badWords\[0\] must be an array of token ids, not 3/ },
  { options: { badWords: [[]] }, error: RangeError, message: /badWords\[0\] has no tokens/ },
  { options: { repetitionPenalty: 0 }, error: RangeError, message: /repetitionPenalty .* above 0, not 0/ },
  ...["endTokens", "suppressTokens", "beginSuppressTokens"].map((name) => ({
    options: { [name]: [1, 99] },
    error: RangeError,
    message: new RegExp(`${name} has token 99, which is outside the vocabulary of`),
  })),
  { options: { badWords: [[1, 99]] }, error: RangeError, message: /badWords has token 99/ },
  { options: { forcedEndToken: 99 }, error: RangeError, message: /forcedEndToken has token 99/ },
  { options: { forcedStartToken: 99 }, error: RangeError, message: /forcedStartToken has token 99/ },
  { options: { epsilonCutoff: 1 }, error: RangeError, message: /epsilonCutoff .* below 1, not 1/ },
  { options: { without: "num_beams" }, error: TypeError, message: /without must be an array of field names/ },
  { options: { without: ["beams"] }, error: RangeError, message: /without names "beams"; the fields are max_new/ },
  ...["topK", "topP", "minP", "typicalP", "epsilonCutoff", "etaCutoff"].map((name) => ({
    options: { temperature: 0, [name]: name === "topK" ? 3 : 0.5 },
    error: RangeError,
    message: new RegExp(`${name} has no effect at temperature 0`),
  })),
];

const wrongMasks: { mask: unknown; error: ErrorClass; message: RegExp }[] = [
  { mask: [[1, 1, 1]], error: ShapeError, message: /mask \[1, 3\] .* \[2, 3\]/ },
  {
    mask: [
      [1, 1, 1, 1],
      [1, 1, 1, 1],
    ],
    error: ShapeError,
    message: /mask \[2, 4\] .* \[2, 3\]/,
  },
  {
    mask: [
      [1, 1, 1],
      [1, 1],
    ],
    error: ShapeError,
    message: /mask: row 1 has 2/,
  },
  {
    mask: [
      [1, 1, 1],
      [1, 1, 0],
    ],
    error: RangeError,
    message: /row 1 .* pad prompts on the left/,
  },
  {
    mask: [
      [0, 0, 0],
      [1, 1, 1],
    ],
    error: RangeError,
    message: /hides all of row 0/,
  },
  {
    mask: [
      [1, 1, 2],
      [1, 1, 1],
    ],
    error: RangeError,
    message: /mask: 2 in row 0, column 2/,
  },
  { mask: "causal", error: TypeError, message: /mask must be \[batch\]\[seq\]/ },
];

const wrongIds: { ids: unknown; error: ErrorClass; message: RegExp }[] = [
  {
    ids: [
      [1, 2],
      [3, 9],
    ],
    error: RangeError,
    message: /9 in row 1, column 1/,
  },
  { ids: [[1, -1]], error: RangeError, message: /-1 in row 0, column 1/ },
  { ids: [[1, 2], []], error: RangeError, message: /prompt is empty in row 1/ },
  { ids: [[1, 2], 3], error: TypeError, message: /ids\[1\] must be an array of numbers, not 3/ },
  { ids: [[]], error: RangeError, message: /prompt is empty/ },
  { ids: [], error: RangeError, message: /no rows/ },
  { ids: [1, 2], error: TypeError, message: /\[batch\]\[seq\]/ },
  { ids: "text", error: TypeError, message: /\[batch\]\[seq\]/ },
  { ids: [[1, 2, 3, 4, 5, 6, 7]], error: RangeError, message: /7 tokens is longer than the contextLength 6/ },
  { ids: [[1, 2, 3, 4, 5, 6]], error: RangeError, message: /in row 0, 6 tokens fill the contextLength 6/ },
];

async function expectRejection(promise: Promise<unknown>, error: ErrorClass, message: RegExp) {
  const reason: unknown = await promise.then(
    () => "no error",
    (thrown: unknown) => thrown,
  );
  expect(reason).toBeInstanceOf(error);
  expect((reason as Error).message).toMatch(message);
}

describe("generate refuses", () => {
  it.each(wrongOptions)("the options $options", ({ options, error, message }) =>
    expectRejection(untyped(model, ids, options), error, message),
  );
  it.each(wrongMasks)("the mask $mask", ({ mask, error, message }) =>
    expectRejection(untyped(model, ids, { mask }), error, message),
  );
  it.each(wrongIds)("the ids $ids", ({ ids, error, message }) => expectRejection(untyped(model, ids), error, message));

  it("options that are not an object", () =>
    expectRejection(untyped(model, ids, null), TypeError, /must be an object/));
  it("a model that cannot write", () =>
    expectRejection(untyped(bert(config, { seed: 1 }), ids), TypeError, /DecoderModel or an EncoderDecoderModel/));
  it("a source that is too long", () => {
    const translator = encoderDecoder({ ...config, startToken: 1 }, { seed: 1 });
    return expectRejection(generate(translator, [[1, 2, 3, 4, 5, 6, 7]]), RangeError, /7 tokens is longer/);
  });
  it("a decoder prompt that does not fit its sources or the context", async () => {
    const translator = encoderDecoder({ ...config, startToken: 1 }, { seed: 1 });
    const refused = (decoderPrompt: unknown, error: ErrorClass, message: RegExp) =>
      expectRejection(untyped(translator, ids, { decoderPrompt }), error, message);
    await refused([[2]], ShapeError, /decoderPrompt has 1 rows, but ids has 2/);
    await refused([2, 9], RangeError, /decoderPrompt: 9 in row 0, column 1/);
    await refused([2, 3, 4, 5, 6], RangeError, /in row 0, 6 tokens fill the contextLength 6/);
    await refused("en", TypeError, /decoderPrompt must be/);
  });
});

describe("an option that is undefined", () => {
  it("counts as omitted", async () => {
    const options = { temperature: undefined, beams: undefined } as GenerateOptions;
    expect(await generate(model, ids, options)).toEqual(await generate(model, ids));
    const beside = { ...options, maxNewTokens: 1, suppressTokens: [0] };
    const alone = { maxNewTokens: 1, suppressTokens: [0] };
    expect(await generate(model, ids, beside)).toEqual(await generate(model, ids, alone));
  });
});

describe("what is not yet rows of tokens is refused with what to pass", () => {
  it.each<[unknown, RegExp]>([
    [
      "a text",
      /ids must be an array of rows, \[batch\]\[seq\], not "a text"; encode it, \[tokenizer\.encode\(text\)\.ids\]/,
    ],
    [{ ids: [1, 2], tokens: [] }, /not an object; pass its ids, \[encoding\.ids\]/],
    [
      {
        ids: [
          [1, 2],
          [3, 4],
        ],
        mask: [],
      },
      /not an object; pass its ids, batch\.ids/,
    ],
    [[1, 2], /wrap a single prompt in an array, \[ids\]/],
    [{}, /not an object$/],
  ])("%j", async (wrong, message) => {
    await expect(untyped(model, wrong)).rejects.toThrow(message);
  });
});

describe("a stream", () => {
  it("is refused when it is made, not when it is read", () =>
    expect(() => generateStream(model, ids, { topK: 0 })).toThrow(/topK must be a whole number/));
  it.each(["outputScores", "outputLogits"])("is refused %s, which it does not return", (name) =>
    expect(() => generateStream(model, ids, { [name]: true })).toThrow(`${name} has no effect`),
  );
});

describe("a model whose scores are not numbers", () => {
  it("is named with the step", async () => {
    const broken = gpt({ ...config, headBias: true }, { seed: 1 });
    broken.parameters().get("head.projection.bias")!.assign(new Float32Array(9).fill(Number.NaN));
    await expect(generate(broken, ids)).rejects.toThrow(/NaN in row 0, step 0/);
  });

  it("or leaves no token to choose is named too", async () => {
    const silent = gpt({ ...config, headBias: true }, { seed: 1 });
    silent.parameters().get("head.projection.bias")!.assign(new Float32Array(9).fill(Number.NEGATIVE_INFINITY));
    await expect(generate(silent, ids)).rejects.toThrow(/no token is left to choose in row 0, step 0/);
  });
});
