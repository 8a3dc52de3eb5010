import * as attention from "./attention.js";
import * as bert from "./bert.js";
import * as constraints from "./constraints.js";
import * as convolution from "./convolution.js";
import * as decode from "./decode.js";
import * as dropout from "./dropout.js";
import * as elementwise from "./elementwise.js";
import * as embed from "./embed.js";
import * as endurance from "./endurance.js";
import * as experts from "./experts.js";
import * as generate from "./generate.js";
import * as generation from "./generation.js";
import * as initialisation from "./initialisation.js";
import * as limits from "./limits.js";
import * as loading from "./loading.js";
import * as matmul from "./matmul.js";
import * as memory from "./memory.js";
import * as prefill from "./prefill.js";
import * as random from "./random.js";
import * as sorting from "./sorting.js";
import * as speculative from "./speculative.js";
import * as start from "./start.js";
import * as training from "./training.js";
import * as turns from "./turns.js";

/** All rows, by their names in --only. */
export const rows = {
  limits,
  matmul,
  bert,
  embed,
  decode,
  generation,
  generate,
  prefill,
  speculative,
  constraints,
  attention,
  training,
  convolution,
  random,
  dropout,
  sorting,
  elementwise,
  experts,
  initialisation,
  loading,
  start,
  turns,
  memory,
  endurance,
};
