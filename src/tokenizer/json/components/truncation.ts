import { readTruncation } from "../../pipeline";
import type { TokenizerComponent } from "./component";

/** Truncates long texts if {@link Tokenizer.encode} requests it, whatever the file specifies. */
export const truncation: TokenizerComponent = { type: "truncation", truncation: readTruncation };
