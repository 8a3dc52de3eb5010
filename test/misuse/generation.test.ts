import * as generation from "transformer-blocks/generation";
import { testEntry } from "./entry";
import type { RightCall } from "./misuse";
import { decoder, generating, generatingAccepts, options } from "./values";

const call: RightCall = {
  args: () => [decoder(), [[1, 2]], generating()],
  says: "generate",
  accepts: { ...generatingAccepts(2), 2: options },
};

/** What gives tokens alone has no scores to give. */
const stream: RightCall = {
  ...call,
  says: /^(generate|generateStream): /,
  args: () => [decoder(), [[1, 2]], { ...generating(), outputScores: false }],
  accepts: { ...call.accepts, "2.outputScores": ["undefined"] },
};

testEntry("transformer-blocks/generation", generation, {
  functions: { generate: call, generateStream: stream },
  classes: {},
  objects: {},
});
