import { Unigram } from "../../pipeline";

import type { TokenizerComponent } from "./component";

/** The model `Unigram`. */
export const unigram: TokenizerComponent = { type: "Unigram", model: (fields) => Unigram.read(fields) };
