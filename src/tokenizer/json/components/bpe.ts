import { Bpe } from "../../pipeline";

import type { TokenizerComponent } from "./component";

/** The model `BPE`: byte pair encoding. */
export const bpe: TokenizerComponent = { type: "BPE", model: (fields) => Bpe.read(fields) };
