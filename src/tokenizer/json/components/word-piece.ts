import { WordPiece, wordPieceDecoder } from "../../pipeline";

import type { TokenizerComponent } from "./component";

/** The model and the decoder `WordPiece`. */
export const wordPiece: TokenizerComponent = {
  type: "WordPiece",
  model: (fields) => WordPiece.read(fields),
  decoder: (fields) => wordPieceDecoder(fields.string("prefix"), fields.boolean("cleanup")),
};
