import * as attention from "./attention.js";
import * as bert from "./bert.js";
import * as decode from "./decode.js";
import * as endurance from "./endurance.js";
import * as limits from "./limits.js";
import * as matmul from "./matmul.js";
import * as memory from "./memory.js";
import * as prefill from "./prefill.js";
import * as training from "./training.js";

/** Every kind of row, by the name that --only takes. */
export const rows = { limits, matmul, bert, decode, prefill, attention, training, memory, endurance };
