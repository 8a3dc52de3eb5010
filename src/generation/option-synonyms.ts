import type { Synonyms } from "../synonyms";

const none = "it has no equal here; omit it";

/** Names of what is no option of `generate`, and what to do instead. */
const advice: readonly (readonly [names: string, text: string])[] = [
  ["doSample sample sampling", "a temperature above 0 or a seed samples, temperature: 0 takes the best token"],
  ["stop stopStrings stopSequences stopSequence stopWords", "complete and stream take stop"],
  ["chatTemplate tools documents continueFinalMessage messages system", "chat takes it"],
  ["returnDictInGenerate returnFullText returnTensors returnText returnType", "the result always has the same form"],
  ["timeout", "pass maxTime in seconds, or signal: AbortSignal.timeout(milliseconds)"],
  ["stoppingCriteria", "leave the loop of generateStream or stream to end it, or abort its signal"],
  ["responseFormat jsonSchema guidedJson json schema", "pass constraint: jsonSchema(schema)"],
  ["regex guidedRegex pattern", "pass constraint: regex(pattern)"],
  ["grammar guidedGrammar gbnf", "pass constraint: grammar(gbnf)"],
  ["choices guidedChoice choice", "pass constraint: choices(texts)"],
  ["prefixAllowedTokensFn", "pass constraint: (ids) => allowed, from the new tokens to those that may come next"],
  ["constraints forceWordsIds forcedDecoderIds", "a constraint such as regex(pattern) says what the text contains"],
  ["negativePrompt negativePromptIds", "pass guidance: { scale, negativePrompt }"],
  ["negativePromptAttentionMask", "a negative prompt has no padding; pass guidance: { negativePrompt }"],
  ["mirostatTau mirostatEta mirostatMode", "pass mirostat: { tau, eta }"],
  [
    "dryMultiplier dryBase dryAllowedLength dryPenaltyLastN drySequenceBreakers",
    "pass dry: { multiplier, base, allowedLength, range, breakers }",
  ],
  ["xtcThreshold xtcProbability", "pass xtc: { threshold, probability }"],
  [
    "numAssistantTokens numSpeculativeTokens assistantTokenizer isAssistant speculationType speculativeConfig",
    "pass draft: { model, tokens }, with a model of the same vocabulary",
  ],
  ["maxMatchingNgramSize", "pass promptLookup: { tokens, maxNgram }"],
  ["ignoreEos", "pass endTokens: []"],
  ["padToken padTokenId pad", "rows may differ in length; a mask marks padding"],
  ["inputs inputIds prompt text", "it is an argument before the options"],
  ["truncation handleLongGeneration", "cut the prompt before; it must fit into the context"],
  ["bosTokenId prefix addSpecialTokens", "put these tokens before the prompt"],
  ["decoderStartTokenId", "config.startToken of the model says it"],
  ["cacheImplementation cacheConfig maxCacheLen", "pass cache: true, a PrefixCache or a KeyValueCache with a capacity"],
  ["prefillChunkSize", "long prompts are read in pieces without it"],
  ["outputAttentions outputHiddenStates", "inspect of transformer-blocks/inspect gives inner values"],
  [
    "generationConfig generateKwargs kwargs",
    "pass its fields as options; the model's generation_config.json is read without it",
  ],
  [
    "skipSpecialTokens cleanUpTokenizationSpaces tokenizer tokenizerEncodeKwargs",
    "texts have no special tokens; generate gives tokens, and tokenizer.decode has options for their text",
  ],
  ["removeInvalidValues", "scores that are NaN are an error"],
  [
    "tokenHealing dolaLayers lowMemory useMtp syncedGpus customGenerate compileConfig disableCompile continuousBatchingConfig",
    none,
  ],
  [
    "numAssistantTokensSchedule assistantConfidenceThreshold assistantEarlyExit assistantLookbehind targetLookbehind assistantEnsembleWeight transformersVersion repeatLastN tfsZ samplers penalizeNl",
    none,
  ],
];

/**
 * Other libraries' names for the options of `generate`: those of transformers, transformers.js, llama.cpp, vLLM and
 * OpenAI. A test asks for all that transformers has.
 */
export const optionSynonyms: Synonyms = {
  options: [
    "maxNewTokens maxTokens maxCompletionTokens maxOutputTokens numPredict nPredict maxNewToken",
    "endTokens eosTokenId eosToken eosTokens stopTokens stopTokenIds endToken",
    "padToken padTokenId paddingIdx padId",
    "startToken decoderStartTokenId bosTokenId",
    "stop stopStrings stopSequences stopSequence stopWords",
    "beams numBeams beamSize beamWidth",
    "beamGroups numBeamGroups",
    "promptLookup promptLookupNumTokens",
    "draft assistantModel draftModel",
    "sequences numReturnSequences n bestOf",
    "noRepeatNgram noRepeatNgramSize",
    "encoderNoRepeatNgram encoderNoRepeatNgramSize",
    "badWords badWordsIds",
    "outputScores returnScores",
    "alternatives logprobs topLogprobs nProbs",
    "onToken callback streamer callbackFunction",
    "forcedStartToken forcedBosTokenId forcedBos",
    "forcedEndToken forcedEosTokenId forcedEos",
    "minNewTokens minTokens minNewToken",
    "repetitionPenalty repeatPenalty penalty",
    "exponentialDecay exponentialDecayLengthPenalty",
    "renormalize renormalizeLogits",
    "watermark watermarkingConfig",
    "guidance guidanceScale cfgScale",
    "sequenceBias logitBias",
    "processors logitsProcessor logitsProcessors logitsProcessorList logitsWarper",
    "decoderPrompt decoderInputIds",
    "cache cachePrompt",
    "temperature temp",
    "topP nucleus p",
    "topK k",
  ],
  // Every function that writes texts has a temperature.
  advice: /* @__PURE__ */ advice.map(([names, text]) => ["temperature", names, text] as const),
};
