/**
 * What other libraries call our options, so that a message can say what was probably meant. Ours stands first; names
 * are compared without case and underscores, so `weight_decay` needs no entry.
 */
const groups = [
  "axis dim dims axes dimension",
  "keepAxis keepdim keepdims keepdimension",
  "epsilon eps layerNormEps rmsNormEps layerNormEpsilon normEps normEpsilon varianceEpsilon layernormEps rmsEps",
  "mask attentionMask attnMask srcMask keyPaddingMask paddingMask srcKeyPaddingMask tgtMask tgtKeyPaddingMask",
  "memoryMask encoderAttentionMask memoryKeyPaddingMask crossAttentionMask crossMask",
  "memory encoderHiddenStates encoderOutputs",
  "causal isCausal useCausalMask tgtIsCausal",
  "types tokenTypeIds tokenTypes segmentIds",
  "positions positionIds",
  "cache pastKeyValues useCache kvCache keyValueCache",
  "rng generator prng",
  "random generator rng prng",
  "rate p dropout probability prob",
  "attentionDropout attnDropout attentionProbsDropoutProb attnPdrop attentionDropoutProb",
  "embeddingDropout embdPdrop embedDropout embedPdrop",
  "feedForwardDropout activationDropout ffnDropout ffDropout mlpDropout",
  "dropout dropoutRate pDropout attnPdrop residPdrop embdPdrop hiddenDropoutProb attentionDropout dropoutP attentionProbsDropoutProb",
  "learningRate lr stepSize",
  "weightDecay wd decay l2",
  "clip maxGradNorm maxNorm gradientClip clipNorm gradClip",
  "maxNorm clip maxGradNorm",
  "accumulate gradientAccumulationSteps accumulationSteps",
  "schedule scheduler lrScheduler",
  "steps maxSteps numSteps iterations numTrainingSteps totalSteps tMax maxIters trainSteps decaySteps",
  "loss lossFn criterion",
  "batches data dataset dataLoader trainDataset",
  "onStep callback onBatchEnd callbacks",
  "dModel hiddenSize embeddingDim embedDim nEmbd dim modelDim width dmodel",
  "heads numHeads nHead nHeads numAttentionHeads attentionHeads head encoderAttentionHeads decoderAttentionHeads",
  "keyValueHeads numKeyValueHeads nKvHead kvHeads numKvHeads nKvHeads kvNumHeads",
  "headDim dHead dimHead headSize keyDim kvChannels",
  "layers numLayers nLayer nLayers numHiddenLayers depth layer encoderLayers decoderLayers numEncoderLayers numDecoderLayers numBlocks nBlocks",
  "dFeedForward intermediateSize dFf ffnDim dimFeedforward nInner hiddenDim feedForwardDim encoderFfnDim decoderFfnDim ffDim dInner mlpDim intermediateDim ffnHiddenSize",
  "vocabSize nVocab vocab vocabularySize numEmbeddings numTokens inputDim",
  "contextLength maxPositionEmbeddings nPositions nCtx blockSize maxSequenceLength maxLen maxSeqLen context seqLen seqLength sequenceLength maxTargetPositions maxSourcePositions nPos",
  "activation hiddenAct activationFunction act nonlinearity hiddenActivation activationFn",
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
  "padToken padTokenId paddingIdx padId",
  "startToken decoderStartTokenId bosTokenId",
  "stop stopStrings stopSequences",
  "beams numBeams beamSize beamWidth",
  "sequences numReturnSequences n",
  "noRepeatNgram noRepeatNgramSize",
  "badWords badWordsIds",
  "outputScores returnScores",
  "onToken callback streamer callbackFunction",
  "seed randomSeed randomState manualSeed rngSeed",
  "signal abortSignal abort",
  "sites hooks layers",
  "betas beta",
  "smoothing labelSmoothing",
  "normalization normType normLayer layerNormType",
  "bias useBias attentionBias addBias qkvBias elementwiseAffine",
  "feedForwardBias mlpBias ffnBias",
  "position positionEmbeddingType positionalEncoding positionEncoding positionEmbedding posEmb",
  "rotaryBase ropeTheta theta ropeBase rotaryEmbBase",
  "embeddingScale scaleEmbedding embeddingMultiplier",
  "initialDeviation initializerRange initStd std initializerStd",
  "initial initializer kernelInitializer weightInit initFn",
  "typeVocabSize numTokenTypes numTypes",
  "labels numLabels numClasses nClasses classes",
  "forcedStartToken forcedBosTokenId forcedBos",
  "forcedEndToken forcedEosTokenId forcedEos",
  "minNewTokens minLength minTokens minNewToken",
  "repetitionPenalty repeatPenalty penalty",
  "temperature temp",
  "topP nucleus p",
  "topK k",
  "ignoreIndex ignoreLabel padIndex ignore",
  "weight classWeights classWeight weights",
  "scale softmaxScale smScale attnScale",
  "warmup warmupSteps numWarmupSteps warmupIters",
  "minimum min minLr etaMin minFactor clipMin",
  "maximum max clipMax",
  "freeze frozen exclude",
  "decays noDecay decay",
  "capacity maxLength maxCacheLen maxLen maxSeqLen size",
];

/**
 * What is done otherwise here, where a function has a certain option: [that option, other libraries' names, what to do].
 */
const advice: readonly (readonly [known: string, names: string, text: string])[] = [
  ["norm", "normFirst preNorm preLn", 'norm: "pre" normalizes first'],
  ["dModel", "batchFirst", "inputs are always [batch, seq, dModel]"],
  [
    "dModel",
    "tieWordEmbeddings tieWeights tieEmbeddings",
    "factories share the embedding's weight; build a model of parts to have another",
  ],
  [
    "temperature",
    "doSample sample sampling",
    "a temperature above 0 or a seed samples, temperature: 0 takes the best token",
  ],
  [
    "temperature",
    "beams numBeams beamSize beamWidth numBeamGroups lengthPenalty earlyStopping",
    "there is no beam search",
  ],
  ["temperature", "stop stopStrings stopSequences", "complete and stream take stop"],
  ["temperature", "returnDictInGenerate returnFullText", "what is given is the same always"],
  ["tap", "outputAttentions outputHiddenStates needWeights returnAttention", "inspect gives inner values"],
  ["rng", "training train isTraining", "there is dropout if and only if rng is given"],
  ["special", "returnTensors", "ids are arrays of numbers, as models take them"],
  [
    "special",
    "returnOffsetsMapping returnAttentionMask returnTokenTypeIds returnSpecialTokensMask returnOverflowingTokens",
    "every column is given",
  ],
  ["onProgress", "device deviceMap", "models run on the CPU"],
  [
    "onProgress",
    "revision cacheDir localFilesOnly subfolder trustRemoteCode",
    "give the directory or URL of the files; nothing is cached",
  ],
  ["batches", "learningRate lr", "the optimizer has it: adamW(model, { learningRate })"],
  [
    "batches",
    "epochs numEpochs numTrainEpochs",
    "steps says how many steps there are, over all passes through the data",
  ],
  ["batches", "batchSize perDeviceTrainBatchSize", "batches are as large as they come"],
  ["betas", "beta1 beta2", "betas: [beta1, beta2]"],
  ["top", "returnAllScores", "all are given where top is left out"],
];

/** What to do where no option is meant by another library's name. */
export function adviceOn(name: string, known: readonly string[]): string | undefined {
  return advice.find(([ours, names]) => known.includes(ours) && isAmong(names, name))?.[2];
}

/** What other libraries call words that options take. */
const words = [
  "silu swish",
  "geluTanh geluNew geluPytorchTanh geluFast geluAccurate geluApproximate",
  "pre preNorm preLn first",
  "post postNorm postLn last",
  "layerNorm ln layer",
  "rmsNorm rms",
  "rotary rope ropeEmbedding",
  "learned absolute learnable embedding trainable",
  "sinusoidal sin sine sinusoid fixed",
  "mean avg average batchmean meanPooling",
  "first cls clsToken",
  "last lastToken eos",
  "languageModel lm causalLm clm textGeneration",
  "maskedLanguageModel mlm maskedLm fillMask",
  "sequenceClass sequenceClassification textClassification classification classifier",
  "tokenClass tokenClassification ner",
  "questionAnswering qa squad",
  "longestFirst longest",
  "f32 fp32 float32 float",
  "f16 fp16 float16 half",
  "bf16 bfloat16",
  "q8 int8 uint8 q8_0 8bit",
  "q4 int4 q4_0 4bit",
];

/** Which of the words that an option takes another library's word stands for. */
export const wordFor = (word: string, allowed: readonly string[]): string | undefined =>
  allowed.find((ours) => plain(ours) === plain(word)) ?? among(words, word, allowed);

const plain = (name: string): string => name.replace(/[_-]/g, "").toLowerCase();

const isAmong = (names: string, name: string): boolean =>
  names.split(" ").some((other) => plain(other) === plain(name));

/** Ours, of the groups whose first name is known. */
const among = (all: readonly string[], name: string, known: readonly string[]): string | undefined =>
  all.find((group) => known.includes(group.split(" ")[0]!) && isAmong(group, name))?.split(" ")[0];

/** Which of the known names another library's name stands for. */
export const synonymOf = (name: string, known: readonly string[]): string | undefined =>
  known.find((candidate) => plain(candidate) === plain(name)) ?? among(groups, name, known);
