import * as bert from "./bert.js";
import * as decode from "./decode.js";
import * as limits from "./limits.js";
import * as matmul from "./matmul.js";
import * as prefill from "./prefill.js";

/** Every kind of row, by the name that --only takes. */
export const rows = { limits, matmul, bert, decode, prefill };
