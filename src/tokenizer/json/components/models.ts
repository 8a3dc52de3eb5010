import { Bpe, Unigram, WordLevel, WordPiece, wordPieceDecoder } from "../../pipeline";

import type { TokenizerComponent } from "./component";

/** The model `BPE`: byte pair encoding. */
export const bpe: TokenizerComponent = { type: "BPE", model: (fields) => Bpe.read(fields) };

/** The model and the decoder `WordPiece`. */
export const wordPiece: TokenizerComponent = {
  type: "WordPiece",
  model: (fields) => WordPiece.read(fields),
  decoder: (fields) => wordPieceDecoder(fields.string("prefix"), fields.boolean("cleanup")),
};

/** The model `WordLevel`: one token per word. */
export const wordLevel: TokenizerComponent = { type: "WordLevel", model: (fields) => WordLevel.read(fields) };

/** The model `Unigram`. */
export const unigram: TokenizerComponent = { type: "Unigram", model: (fields) => Unigram.read(fields) };
