import type { Synonyms } from "../synonyms";

/** Other libraries' names for the options of `generate`. */
export const optionSynonyms: Synonyms = {
  options: [
    "maxNewTokens maxTokens numPredict nPredict maxNewToken",
    "endTokens eosTokenId eosToken eosTokens stopTokens endToken",
    "padToken padTokenId paddingIdx padId",
    "startToken decoderStartTokenId bosTokenId",
    "stop stopStrings stopSequences",
    "beams numBeams beamSize beamWidth",
    "beamGroups numBeamGroups",
    "promptLookup promptLookupNumTokens",
    "draft assistantModel draftModel",
    "sequences numReturnSequences n",
    "noRepeatNgram noRepeatNgramSize",
    "encoderNoRepeatNgram encoderNoRepeatNgramSize",
    "badWords badWordsIds",
    "outputScores returnScores",
    "onToken callback streamer callbackFunction",
    "forcedStartToken forcedBosTokenId forcedBos",
    "forcedEndToken forcedEosTokenId forcedEos",
    "minNewTokens minTokens minNewToken",
    "repetitionPenalty repeatPenalty penalty",
    "temperature temp",
    "topP nucleus p",
    "topK k",
  ],
  advice: [
    [
      "temperature",
      "doSample sample sampling",
      "a temperature above 0 or a seed samples, temperature: 0 takes the best token",
    ],
    ["temperature", "stop stopStrings stopSequences", "complete and stream take stop"],
    ["temperature", "returnDictInGenerate returnFullText", "the result always has the same form"],
  ],
};
