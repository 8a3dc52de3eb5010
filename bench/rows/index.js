import * as limits from "./limits.js";
import * as matmul from "./matmul.js";

/** Every kind of row, by the name that --only takes. */
export const rows = { limits, matmul };
