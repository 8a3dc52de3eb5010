/**
 * What other libraries call our options, so that a message can suggest the right name. Our name comes first. Case and
 * underscores are ignored, so `weight_decay` needs no entry.
 */
const groups = [
  "axis dim dims axes dimension",
  "keepAxis keepdim keepdims keepdimension",
  "epsilon eps layerNormEps rmsNormEps layerNormEpsilon normEps",
  "mask attentionMask attnMask srcMask keyPaddingMask paddingMask",
  "memoryMask encoderAttentionMask memoryKeyPaddingMask crossAttentionMask",
  "memory encoderHiddenStates encoderOutputs",
  "causal isCausal",
  "types tokenTypeIds tokenTypes segmentIds",
  "positions positionIds",
  "cache pastKeyValues useCache kvCache keyValueCache",
  "rng generator prng",
  "random generator rng prng",
  "rate p dropout probability prob",
  "dropout dropoutRate pDropout attnPdrop residPdrop embdPdrop hiddenDropoutProb attentionDropout",
  "learningRate lr stepSize",
  "weightDecay wd decay l2",
  "clip maxGradNorm maxNorm gradientClip clipNorm gradClip",
  "maxNorm clip maxGradNorm",
  "accumulate gradientAccumulationSteps accumulationSteps",
  "schedule scheduler lrScheduler",
  "steps maxSteps numSteps iterations",
  "loss lossFn criterion",
  "batches data dataset dataLoader trainDataset",
  "onStep callback onBatchEnd callbacks",
  "dModel hiddenSize embeddingDim embedDim nEmbd dim modelDim width dmodel",
  "heads numHeads nHead nHeads numAttentionHeads attentionHeads head",
  "keyValueHeads numKeyValueHeads nKvHead kvHeads numKvHeads",
  "headDim dHead dimHead headSize",
  "layers numLayers nLayer nLayers numHiddenLayers depth layer",
  "dFeedForward intermediateSize dFf ffnDim dimFeedforward nInner hiddenDim feedForwardDim",
  "vocabSize nVocab vocab vocabularySize numEmbeddings",
  "contextLength maxPositionEmbeddings nPositions nCtx blockSize maxSequenceLength maxLen maxSeqLen context",
  "activation hiddenAct activationFunction act",
  "window slidingWindow windowSize",
  "softcap attnLogitSoftcapping logitSoftcapping",
  "base theta ropeTheta",
  "inFeatures inputSize inDim",
  "outFeatures outputSize outDim",
  "special addSpecialTokens",
  "skipSpecial skipSpecialTokens",
  "cleanUpSpaces cleanUpTokenizationSpaces",
  "padding pad paddingSide padSide padToMultipleOf padToLength padToken padTokenId padLength",
  "paddingSide padSide side",
  "truncation truncate truncationSide truncationStrategy stride strategy",
  "side paddingSide truncationSide padSide direction",
  "strategy truncationStrategy",
  "multiple padToMultipleOf multipleOf padToMultiple",
  "length maxLength padToLength padLength",
  "token padToken padTokenId padId",
  "type padTypeId padTokenTypeId typeId",
  "preSplit isSplitIntoWords isPretokenized pretokenized words splitIntoWords",
  "recognizeSpecial splitSpecialTokens encodeSpecialTokens allowedSpecial parseSpecial recogniseSpecial",
  "maxLength maxLen maxTokens limit",
  "pair textPair",
  "pairs textPairs",
  "weights dtype torchDtype quantization quantized precision",
  "onProgress progress progressCallback",
  "pooling pool poolingMode poolingStrategy",
  "normalize normalise normalizeEmbeddings normalization",
  "top topK k numResults",
  "maxNewTokens maxTokens maxLength numPredict nPredict maxNewToken",
  "endTokens eosTokenId eosToken eosTokens stopTokens endToken",
  "padToken padTokenId",
  "startToken decoderStartTokenId bosTokenId",
  "stop stopStrings stopSequences",
  "beams numBeams beamSize beamWidth",
  "sequences numReturnSequences n",
  "noRepeatNgram noRepeatNgramSize",
  "badWords badWordsIds",
  "outputScores returnScores",
  "onToken callback streamer callbackFunction",
  "seed randomSeed randomState",
  "signal abortSignal abort",
  "sites hooks layers",
  "betas beta",
  "smoothing labelSmoothing",
];

const plain = (name: string): string => name.replace(/[_-]/g, "").toLowerCase();

/** The known name that means the same as another library's name. */
export function synonymOf(name: string, known: readonly string[]): string | undefined {
  const same = known.find((candidate) => plain(candidate) === plain(name));
  if (same !== undefined) return same;
  for (const group of groups) {
    const [ours, ...theirs] = group.split(" ") as [string, ...string[]];
    if (known.includes(ours) && theirs.some((other) => plain(other) === plain(name))) return ours;
  }
  return undefined;
}
