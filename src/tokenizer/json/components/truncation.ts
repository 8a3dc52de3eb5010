import { readTruncation } from "../../pipeline";
import type { TokenizerComponent } from "./component";

/** Cuts texts that are too long, when {@link Tokenizer.encode} is asked to, whatever the file says about it. */
export const truncation: TokenizerComponent = { type: "truncation", truncation: readTruncation };
