import { WordLevel } from "../../pipeline";

import type { TokenizerComponent } from "./component";

/** The model `WordLevel`: one token per word. */
export const wordLevel: TokenizerComponent = { type: "WordLevel", model: (fields) => WordLevel.read(fields) };
