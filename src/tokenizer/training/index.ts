/** Trains tokenizers on texts. */
export { type CharacterTokenizerOptions, characterTokenizer } from "./character-tokenizer";
export { type TrainBpeOptions, trainBpe } from "./train-bpe";
export { type TrainUnigramOptions, trainUnigram } from "./train-unigram";
export { type TrainWordPieceOptions, trainWordPiece } from "./train-word-piece";
export type { TrainingProgress } from "./training-options";
