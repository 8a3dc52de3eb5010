/**
 * What other libraries call our options, so that a message can suggest the right name. Our name comes first. Case and
 * underscores are ignored, so `weight_decay` needs no entry. These are the names used by blocks and models; the other
 * floors add theirs next to the checks of their options, so that a page bundles only those it can use.
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
  "seed randomSeed randomState",
  "signal abortSignal abort",
  "smoothing labelSmoothing",
  "weights dtype torchDtype quantization quantized precision",
  "onProgress progress progressCallback",
  "top topK k numResults",
];

/** Adds groups of names for the same option, ours first in each: `"beams numBeams beamSize"`. */
export function learnSynonyms(more: readonly string[]): void {
  groups.push(...more);
}

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
